/**
 * How long a test file may take, so that the whole never grows unnoticed.
 *
 * @module
 */

/** Seconds of a file in such a folder, on two cores with others beside it. */
const BY_FOLDER: readonly (readonly [string, number])[] = [
  ["tests/cluster/", 120],
  ["tests/system/", 40],
  ["tests/scenario/", 30],
  ["tests/fault/", 30],
  ["tests/", 8],
];

/** Files that take longer; the schedule begins with them. */
const BY_FILE: Record<string, number> = {
  "tests/fault/agent_test.ts": 40,
  "tests/fault/etcd_rights_change_test.ts": 60,
  "tests/fault/etcd_rights_test.ts": 40,
  "tests/fault/etcd_runner_test.ts": 60,
  "tests/fault/etcd_store_test.ts": 90,
  "tests/fault/etcd_tls_test.ts": 60,
  "tests/fault/watcher_test.ts": 80,
  "tests/cluster/power_test.ts": 180,
  "tests/cluster/tls_test.ts": 150,
  "tests/scenario/basics/hosts_test.ts": 45,
  "tests/scenario/broken_graph_test.ts": 30,
  "tests/scenario/cluster_answers_test.ts": 45,
  "tests/scenario/cluster_secure_test.ts": 180,
  "tests/scenario/election_lost_test.ts": 60,
  "tests/scenario/endings_test.ts": 30,
  "tests/scenario/evict_server_test.ts": 100,
  "tests/scenario/examples_test.ts": 50,
  "tests/scenario/forget_test.ts": 40,
  "tests/scenario/grown_cluster_test.ts": 60,
  "tests/scenario/host_rights_test.ts": 60,
  "tests/scenario/join_attacks_test.ts": 75,
  "tests/scenario/operator_test.ts": 60,
  "tests/scenario/orphans_test.ts": 45,
  "tests/scenario/outside_etcd_test.ts": 45,
  "tests/scenario/passing_cluster_test.ts": 40,
  "tests/scenario/replaced_test.ts": 60,
  "tests/scenario/rotate_test.ts": 120,
  "tests/scenario/secure_given_up_test.ts": 90,
  "tests/scenario/tls_alone_test.ts": 45,
  "tests/scenario/tls_pairs_test.ts": 80,
  "tests/scenario/token_test.ts": 120,
  "tests/simulation/planted_bugs_test.ts": 40,
  "tests/simulation/rights_test.ts": 40,
  "tests/simulation/simulation_test.ts": 40,
  "tests/system/article_cluster_test.ts": 60,
  "tests/system/cluster_commands_test.ts": 80,
  "tests/system/cluster_contact_test.ts": 50,
  "tests/system/cluster_leave_refused_test.ts": 60,
  "tests/system/cluster_leave_test.ts": 75,
  "tests/system/cluster_recover_test.ts": 80,
  "tests/system/pkg_native_test.ts": 75,
  "tests/system/pkg_test.ts": 90,
  "tests/system/accounts_test.ts": 45,
  "tests/system/autoedge_test.ts": 45,
  "tests/system/cron_test.ts": 60,
  "tests/system/kinds_test.ts": 75,
  "tests/system/service_install_test.ts": 80,
  "tests/system/service_test.ts": 70,
  "tests/system/svc_states_test.ts": 40,
  "tests/system/svc_test.ts": 90,
  "tests/system/svc_truth_test.ts": 60,
  "tests/system/cluster_joining_test.ts": 90,
  "tests/system/native_apt_test.ts": 90,
  "tests/system/native_dnf_test.ts": 150,
  "tests/system/packagekit_test.ts": 90,
  "tests/unit/app/program_mistakes_test.ts": 30,
  "tests/unit/app/program_realm_test.ts": 20,
  "tests/unit/os/processes_test.ts": 20,
  "tests/unit/trust/certificate_test.ts": 15,
  "tests/unit/trust/etcd_certificates_test.ts": 20,
};

/** So many times its budget, and it is no noise of the machine any more. */
const FAR_ABOVE = 3;

/** What a file may take, in seconds. */
export function budgetOf(file: string): number {
  const [, seconds = Infinity] = BY_FOLDER.find(([folder]) => file.startsWith(folder)) ?? [];
  return BY_FILE[file] ?? seconds;
}

/** All files that have a budget of their own. */
export const FILES_WITH_BUDGET: readonly string[] = Object.keys(BY_FILE);

/** What is said of a file that took so long: nothing, a remark, or that it failed. */
export type Verdict = "fits" | "above" | "far above";

/**
 * Judges a file by its time. `slowness`: how many times longer anything takes because of others on this machine;
 * 1 where they leave us the cores.
 */
export function judge(file: string, seconds: number, slowness: number): Verdict {
  const budget = budgetOf(file) * Math.max(1, slowness);
  if (seconds <= budget) return "fits";
  return seconds <= FAR_ABOVE * budget ? "above" : "far above";
}
