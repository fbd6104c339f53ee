import { assert, assertEquals } from "@std/assert";
import type { ClusterStatus, HostStatus } from "../../../src/cluster/admin/cluster_status.ts";
import { runs } from "../../../src/cluster/store/runs_record.ts";
import {
  fleetObject,
  fleetText,
  hasConverged,
  onlyUntold,
  untoldText,
} from "../../../src/report/fleet_table.ts";

const NOW = Date.UTC(2026, 0, 2, 3);
const RUNS = { converged: true, failed: 0, held: 0, since: NOW - 600_000, version: "1.2" };

function host(name: string, more: Partial<HostStatus> = {}): HostStatus {
  return {
    ...{ host: name, role: "client", leadsEtcd: false, decides: false, live: true },
    ...{ answers: false, etcd: "none", clientUrls: [], volunteers: false, alarms: [] },
    ...{ whose: "ours", runs: RUNS },
    ...more,
  } as HostStatus;
}

const older = host("older");
const { runs: _none, ...withoutRuns } = older;
const FLEET = {
  clusterId: "c",
  hosts: [
    host("well", { role: "voter" }),
    host("bad", { runs: { ...RUNS, converged: false, failed: 2 } }),
    host("away", { live: false, role: "voter" }),
    host("held", { runs: { ...RUNS, converged: false, held: 1 } }),
    withoutRuns,
    host("etcd-of-others", { whose: "others" }),
    host("gone", { live: false, leftExports: true }),
  ],
} as unknown as ClusterStatus;

Deno.test("fleet: counts on top, then a line a host, the worst first; who is silent or says nothing is told of", () => {
  assertEquals(
    fleetText(FLEET, NOW).trimEnd().split("\n").map((line) => line.trimEnd()),
    [
      "5 hosts: 1 silent, 1 failing, 1 held, 1 unknown, 1 converged",
      "HOST   IS         FAILED  HELD  SINCE                       VERSION  CLUSTER",
      "away   silent     -       -     -                           -        voter, silent",
      "bad    failing    2       0     2026-01-02 02:50Z (10 min)  1.2      client",
      "held   held       0       1     2026-01-02 02:50Z (10 min)  1.2      client",
      "older  unknown    -       -     -                           -        client",
      "well   converged  0       0     2026-01-02 02:50Z (10 min)  1.2      voter",
      "older does not tell: it runs an older mgmt, or has no graph in force yet",
    ],
  );
  const { hosts, ...rest } = JSON.parse(fleetObject(FLEET));
  assertEquals(rest, { version: 1, type: "fleet", clusterId: "c" });
  assertEquals(hosts.at(-1), {
    ...{ host: "well", is: "converged", live: true, role: "voter", converged: true },
    ...{ failed: 0, held: 0, since: "2026-01-02T02:50:00.000Z", version: "1.2" },
  });
  const none = { ...FLEET, hosts: [] };
  assertEquals(fleetText(none, NOW).split("\n")[0], "0 hosts");
});

Deno.test("fleet: what one hostile host says ends neither the table nor the object of the others", () => {
  const odd = { ...RUNS, since: 1e300, version: "9".repeat(10_000) };
  const fleet = { ...FLEET, hosts: [host("odd", { runs: odd }), host("well")] };
  const { hosts } = JSON.parse(fleetObject(fleet));
  assertEquals(hosts.map(({ host, since }: Record<string, unknown>) => [host, since]), [
    ["odd", null],
    ["well", "2026-01-02T02:50:00.000Z"],
  ]);
  assert(fleetText(fleet, NOW).split("\n").every((line) => line.length < 200));
  assert(runs.safeParse(RUNS).success);
  for (
    const wrong of [odd, { ...RUNS, since: 1e300 }, { ...RUNS, since: -1 }, {
      ...RUNS,
      failed: 0.5,
    }, {
      ...RUNS,
      held: -1,
    }, { ...RUNS, version: "9".repeat(101) }]
  ) assert(!runs.safeParse(wrong).success, JSON.stringify(wrong).slice(0, 200));
});

Deno.test("fleet: hosts that do not tell are named, and told from those that are not well", () => {
  const fleet = (...hosts: readonly HostStatus[]) => ({ ...FLEET, hosts });
  const others = ["a", "b"].map((name) => ({ ...withoutRuns, host: name }));
  const untold = fleet(host("well"), withoutRuns, ...others);
  assertEquals([hasConverged(untold), onlyUntold(untold)], [false, true]);
  assertEquals(
    untoldText(untold),
    "a, b and older do not tell: they run an older mgmt, or have no graph in force yet",
  );
  assertEquals(onlyUntold(FLEET), false);
  const well = fleet(host("well"), host("etcd-of-others", { whose: "others" }));
  assertEquals([hasConverged(well), onlyUntold(well), untoldText(well)], [true, false, undefined]);
});
