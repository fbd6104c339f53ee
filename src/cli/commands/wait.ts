import { type Flag, takesDuration } from "../../app/flags.ts";
import { CLUSTER_PLACE_FLAGS, clusterAsked, NOT_YET } from "../cluster_flags.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";
import { refuse } from "../refuse.ts";

const CONVERGED_FLAG: Flag = { name: "converged", summary: "until all is as it should be" };

const FLEET_FLAG: Flag = { name: "fleet", summary: "all hosts of the cluster, as they say" };

const DAY_MS = 86_400_000;

const TIMEOUT_FLAG = {
  name: "timeout",
  ...takesDuration({ mostMs: DAY_MS }),
  summary: "how long at most: 30s, 10m, 1h",
  defaultText: "10m",
} as const satisfies Flag;

const TIMEOUT_MS = 600_000;
/** As of a run in which something has failed. */
const HOPELESS = 4;

/** Waits for the running agent. */
export const wait: Command = {
  name: "wait",
  summary: "wait until the running agent has converged, for scripts",
  usage: ["--converged [FLAGS]"],
  details:
    `It returns when mgmt status would say converged. An agent that does not run yet, or starts anew, is waited
for. Exit codes: 0 converged; 5 the time is over; 4 it will not converge by itself (what has failed is not
tried again, the graph file has mistakes, or meta.noop leaves what differs) and has been so for 2 s; 1 it
may not be asked. With 4 and 5 it says what keeps it from it, as mgmt status does. Of an edit that
the agent has not read yet it knows nothing: mgmt reload first.
With --fleet it waits until all hosts of the cluster are there and have said for 6 s that they have converged;
with 5 it prints the table of mgmt status --fleet, and with 4, where for a minute only hosts are missing that do
not say how they are, as those of an older mgmt do not. Of edits that were made within the last seconds it may not know.`,
  examples: [
    ["mgmt wait --converged --timeout 5m", "in a script, before what needs it"],
    ["mgmt reload && mgmt wait --converged", "after an edit"],
    ["mgmt wait --converged --fleet --timeout 30m", "until all hosts are well"],
  ],
  flags: [CONVERGED_FLAG, FLEET_FLAG, TIMEOUT_FLAG, ...CLUSTER_PLACE_FLAGS],
  words: { least: 0, most: 0 },
  run: async (given, surface) => {
    const { flags, values } = given;
    if (!values.has(CONVERGED_FLAG)) {
      const message = "say what to wait for: --converged";
      return await refuse("wait", { message }, surface);
    }
    if (values.has(FLEET_FLAG)) return await waitForAll(given, surface);
    const odd = ["seeds", "operator"].find((name) => flags.has(name));
    if (odd !== undefined) {
      const message = `--${odd} says which cluster is asked: with --fleet`;
      return await refuse("wait", { message }, surface);
    }
    const app = await import("../../app/status/on_status.ts");
    const waited = await app.waitForAgent({ flags }, values.of(TIMEOUT_FLAG) ?? TIMEOUT_MS);
    if (waited.end === "converged") {
      await surface.print(waited.text);
      return 0;
    }
    const code = await refuse("wait", waited.failure, surface);
    if (waited.end === "refused") return code;
    await surface.complain(waited.text);
    return waited.end === "late" ? NOT_YET : HOPELESS;
  },
};

async function waitForAll(given: CommandLine, surface: CommandIO): Promise<number> {
  const app = await import("../../app/cluster/on_cluster.ts");
  const timeoutMs = given.values.of(TIMEOUT_FLAG) ?? TIMEOUT_MS;
  const waited = await app.waitForAll(clusterAsked(given, surface), timeoutMs);
  if (waited.end === "converged") {
    await surface.print(waited.text);
    return 0;
  }
  const failure = "failure" in waited
    ? waited.failure
    : waited.why === undefined
    ? { message: "the time is over", code: "late" }
    : { message: `all others have converged; ${waited.why}`, code: "hopeless" };
  const code = await refuse("wait", failure, surface);
  await surface.complain(waited.text);
  if (waited.end === "refused") return code;
  return waited.end === "untold" ? HOPELESS : NOT_YET;
}
