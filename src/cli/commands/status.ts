import type { Flag } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { answer, STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const CHECK_FLAG: Flag = {
  name: "check",
  summary: "one line and an exit code, as a plugin of Nagios (Icinga, Naemon, Checkmk)",
};

/** Says how the running agent is. */
export const status: Command = {
  name: "status",
  summary: "say how the running agent is: what is right, what has failed and why, what it does",
  usage: ["[FLAGS]"],
  details:
    `The first line says how it stands, since when, and how many resources are so: converged (all is as
it should be), working, or the worst of what is not so: held, noop, blocked, refused (the graph file has
mistakes), failing (failed or contested), hangs. Then what is not as it should be, why, and when it is
tried again; what is held; the cluster. Times are in UTC. Whoever is in the group mgmt may ask, too.
It exits with 0 where an agent answers, whatever it says, else with 1.
With --check it exits with 0 (OK), 1 (WARNING: blocked, held, noop, refused, stopping, no contact with
the cluster), 2 (CRITICAL: failing, hangs, put out of the cluster, no agent runs or answers) or 3
(UNKNOWN: it may not ask, or could mean several agents).
With --output json: {"version": 1, "type": "status", "agent": as GET /v1/status}.`,
  examples: [
    ["mgmt status", "is all well"],
    ["mgmt status --check", "the same for a monitoring system"],
  ],
  flags: [CHECK_FLAG, OUTPUT_FLAG, ...STATE_FLAGS],
  words: { least: 0, most: 0 },
  run: async (given, surface) => {
    const { flags, values } = given;
    const app = await import("../../app/status/on_status.ts");
    if (values.has(CHECK_FLAG)) {
      if (values.has(OUTPUT_FLAG)) {
        const message = "--check has a form of its own: leave out --output";
        return await refuse("status", { message }, surface);
      }
      const { line, exitCode } = await app.check({ flags });
      await surface.print(line);
      return exitCode;
    }
    const asJson = values.of(OUTPUT_FLAG) === "json";
    return await answer("status", await app.status({ flags }, { asJson }), surface);
  },
};
