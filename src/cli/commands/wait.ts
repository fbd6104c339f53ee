import { type Flag, takesDuration } from "../../app/flags.ts";
import { NOT_YET, STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const CONVERGED_FLAG: Flag = { name: "converged", summary: "until all is as it should be" };

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
tried again, the graph file has mistakes, or it changes nothing, with --noop) and has been so for 2 s; 1 it
may not be asked. With 4 and 5 it says what keeps it from it, as mgmt status does. Of an edit that
the agent has not read yet it knows nothing: mgmt reload first.`,
  examples: [
    ["mgmt wait --converged --timeout 5m", "in a script, before what needs it"],
    ["mgmt reload && mgmt wait --converged", "after an edit"],
  ],
  flags: [CONVERGED_FLAG, TIMEOUT_FLAG, ...STATE_FLAGS],
  words: { least: 0, most: 0 },
  run: async ({ flags, values }, surface) => {
    if (!values.has(CONVERGED_FLAG)) {
      const message = "say what to wait for: --converged";
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
