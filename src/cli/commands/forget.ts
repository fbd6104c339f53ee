import { printable } from "../../base/printable.ts";
import { fail } from "../../base/result.ts";
import { answer, HOST_PLACE_FLAGS, NOT_YET, WAIT_FLAG } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

/** Says that a host does not come back. */
export const forget: Command = {
  name: "forget",
  summary: "take a host that is gone for good out of its cluster",
  usage: ["[FLAGS] HOST"],
  details:
    `What the host exported and what the cluster knows of it goes at once; where it ran etcd, the leader
removes its member without waiting for --dead-after, if a majority is left without it. Refused while
the host is there: it is until 15 s after its agent said so last. A host that comes back after all
takes part as a newcomer and exports again.
HOST may also be the id of a member that was added by hand and never started.
Exit code 5: its member is not gone within --wait; the order stands.`,
  examples: [
    ["mgmt forget web3", "web3 is dead, and its exports are to go"],
    ["mgmt forget web3 --seeds 10.0.0.1:2379", "asked from elsewhere"],
  ],
  flags: [...HOST_PLACE_FLAGS, WAIT_FLAG],
  words: { least: 0, most: 1 },
  run: async (given, surface) => {
    const [host] = given.words;
    if (host === undefined) return await answer("forget", fail("which host? Name it"), surface);
    const app = await import("../../app/cluster/on_cluster.ts");
    const { environment, complain } = surface;
    const gone = await app.forget({ flags: given.flags, environment }, host, {
      waitMs: given.values.of(WAIT_FLAG) * 1000,
      say: (text) => void complain(`${printable(text)}\n`),
    });
    const code = await answer("forget", gone, surface);
    return !gone.ok && gone.failure.code === "late" ? NOT_YET : code;
  },
};
