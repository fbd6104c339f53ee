import { sendCommand, STATE_FLAGS, WAIT_FLAG } from "../cluster_flags.ts";
import { type Flag, takesAddresses } from "../../app/flags.ts";
import { DEFAULT_CLIENT } from "../../cluster/store/urls.ts";
import type { Command } from "../command.ts";

const JOIN_FLAG = {
  name: "join",
  ...takesAddresses(DEFAULT_CLIENT.port),
  summary: "client addresses in the cluster to go to",
} as const satisfies Flag;

const LOST_FLAG: Flag = {
  name: "lost",
  summary: "its own cluster is lost for good, and cannot be asked",
};

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
With --join it leaves for the cluster at these addresses, which must answer first; what it did not find
there of what it collected is gone. --lost says that its own cluster is gone for good (the others have
ended it, or a new one was restored from a snapshot), so that it cannot be asked, and is refused where
that answers: its data is put aside, and what it collected stays until the hosts it came from are in its
next cluster, too.
Without --prefix and --hostname: the agent with the default prefix, else the only one with a name.
Exit code 5: not so far within --wait; it goes on.`,
  examples: [
    ["mgmt leave", "before this host is given up"],
    ["mgmt leave --join 10.0.0.2:2379", "give up a cluster, perhaps of one, for another"],
    ["mgmt leave --lost", "give up a cluster that the others have ended meanwhile"],
  ],
  flags: [
    ...STATE_FLAGS,
    JOIN_FLAG,
    LOST_FLAG,
    WAIT_FLAG,
  ],
  words: { least: 0, most: 0 },
  run: async (given, surface) => {
    const join = given.values.of(JOIN_FLAG);
    const lost = given.values.has(LOST_FLAG);
    const leaving = join === undefined ? { lost } : { join: { to: join, lost } };
    return await sendCommand("leave", "leave", given, surface, leaving);
  },
};
