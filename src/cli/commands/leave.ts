import { answer, giveOrder, STATE_FLAGS, WAIT_FLAG, waitSeconds } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

/** Takes a host out of its cluster. */
export const leave: Command = {
  name: "leave",
  summary: "take this host out of its cluster",
  usage: ["[FLAGS]"],
  details:
    `The running agent with that prefix lets another host take its place where it runs etcd, withdraws what
it exports, removes all that the cluster knows of it, and goes on with its own graph alone, also
after it was started again; files that it collected stay. mgmt volunteer on brings it back. (Stopping
an agent is not leaving: membership, data and exports stay.) Refused, before anything is changed, to a
voter while another is silent, to the only vote while others need it, and where the cluster has not
answered for 30 seconds.
Exit code 5: not so far within --wait; it goes on.`,
  examples: [["mgmt leave", "before this host is given up"]],
  flags: [...STATE_FLAGS, WAIT_FLAG],
  words: { least: 0, most: 0 },
  run: async (given, surface) => {
    const seconds = waitSeconds(given);
    if (!seconds.ok) return await answer("leave", seconds, surface);
    return await giveOrder("leave", "leave", seconds.value, given, surface);
  },
};
