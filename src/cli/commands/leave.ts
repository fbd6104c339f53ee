import { answer, sendCommand, STATE_FLAGS, WAIT_FLAG } from "../cluster_flags.ts";
import { type Flag, takesAddresses } from "../../app/flags.ts";
import { addressText } from "../../base/address.ts";
import type { Destination } from "../../cluster/admin/move.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { DEFAULT_CLIENT } from "../../cluster/store/urls.ts";
import type { Command, CommandLine } from "../command.ts";

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
there of what it collected is gone. --lost says that its own cluster is gone for good (a new one was
restored from a snapshot, for instance), so that it cannot be asked: its data is put aside, and what it
collected stays until the hosts it came from have come to the other cluster, too.
Without --prefix and --hostname: the agent with the default prefix, else the only one with a name.
Exit code 5: not so far within --wait; it goes on.`,
  examples: [
    ["mgmt leave", "before this host is given up"],
    ["mgmt leave --join 10.0.0.2:2379", "give up a cluster, perhaps of one, for another"],
  ],
  flags: [
    ...STATE_FLAGS,
    JOIN_FLAG,
    LOST_FLAG,
    WAIT_FLAG,
  ],
  words: { least: 0, most: 0 },
  run: async (given, surface) => {
    const join = destination(given);
    if (!join.ok) return await answer("leave", join, surface);
    return await sendCommand("leave", "leave", given, surface, join.value);
  },
};

function destination({ values }: CommandLine): Result<Destination | undefined> {
  const join = values.of(JOIN_FLAG);
  const lost = values.has(LOST_FLAG);
  if (join === undefined) {
    return lost ? fail("--lost needs --join: where to go then") : ok(undefined);
  }
  return ok({ urls: join.map(addressText), lost });
}
