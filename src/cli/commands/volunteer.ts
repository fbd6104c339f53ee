import { fail } from "../../base/result.ts";
import { answer, sendCommand, STATE_FLAGS, WAIT_FLAG } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

/** Says whether a host may run etcd. */
export const volunteer: Command = {
  name: "volunteer",
  summary: "say whether this host may run etcd for its cluster",
  usage: ["off [FLAGS]", "on [FLAGS]"],
  details:
    `For the running agent with that prefix, also after it was started again. off: another host takes its
place as soon as one can, its etcd ends, its data is put aside, and it goes on as a client. on: it
would run etcd again, and also comes back from mgmt leave; the leader asks it when it is needed, and
where nobody is, the offer stands and is not waited for.
Without --prefix and --hostname: the agent with the default prefix, else the only one with a name.
Exit code 5: not so far within --wait; it goes on.`,
  examples: [
    ["mgmt volunteer off", "before this host is taken away for a while"],
    ["mgmt volunteer on --hostname h2", "for the agent that was started with --hostname h2"],
  ],
  flags: [...STATE_FLAGS, WAIT_FLAG],
  words: { least: 0, most: 1 },
  run: async (given, surface) => {
    const [word] = given.words;
    if (word !== "on" && word !== "off") {
      const wrong = word === undefined ? "say on or off" : `"${word}" is not on or off`;
      return await answer("volunteer", fail(wrong), surface);
    }
    const wish = word === "on" ? "volunteer" : "volunteer-not";
    return await sendCommand("volunteer", wish, given, surface);
  },
};
