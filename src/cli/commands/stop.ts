import { answer, orderExit, STATE_FLAGS, WAIT_FLAG } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

/** Ends the running agent. */
export const stop: Command = {
  name: "stop",
  summary: "end the running agent: what runs is finished first",
  usage: ["[FLAGS]"],
  details:
    `As SIGTERM does. It returns when the agent has ended: with 5 where that takes longer than --wait, with 1
where no agent runs. A service stays ended, as after systemctl stop, until it is started again.`,
  examples: [["mgmt stop", "let it finish what it does, and end"]],
  flags: [WAIT_FLAG, ...STATE_FLAGS],
  words: { least: 0, most: 0 },
  run: async ({ flags, values }, surface) => {
    const app = await import("../../app/status/on_status.ts");
    const stopped = await app.stop({ flags }, values.of(WAIT_FLAG) * 1000);
    return orderExit(stopped, await answer("stop", stopped, surface));
  },
};
