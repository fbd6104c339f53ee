import { printable } from "../../base/printable.ts";
import { fail } from "../../base/result.ts";
import { answer, HOST_PLACE_FLAGS, orderExit, WAIT_FLAG } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

/** Casts a host out of its cluster. */
export const evict: Command = {
  name: "evict",
  summary: "cast a host out of its cluster",
  usage: ["[FLAGS] HOST"],
  details:
    `For a host that is not to be trusted any more, whether it is there or not. On a host that runs etcd,
in a cluster that speaks TLS. Its rights end within a second, its exports and locks go, its certificates are
taken nowhere any more, and what it has open at a member ends: for that all clients of etcd connect anew.
Its name is free for another host. It goes on with its own graph, and says that it was cast out; only a new
token lets it in again.
A host with the server role knows the cluster's secret: casting it out is mgmt cluster rotate ca without it,
which takes a minute, and the host is not out before that is done. Its member goes first: what the cluster
survives without it is said before, and where that is the loss of none, --yes is asked; so it is where other
hosts are away, which need a new token then.
Exit code 5: it is not in force everywhere within --wait; the order stands.`,
  examples: [
    ["mgmt evict web3", "web3 was broken into"],
    ["mgmt evict db1 --wait 300", "db1 runs etcd: wait until all others have another secret"],
  ],
  flags: [
    ...HOST_PLACE_FLAGS,
    WAIT_FLAG,
    {
      name: "yes",
      summary:
        "of a host with the server role: also where the cluster could lose no other then, and at once without others that are away",
    },
  ],
  words: { least: 0, most: 1 },
  run: async (given, surface) => {
    const [host] = given.words;
    if (host === undefined) return await answer("evict", fail("which host? Name it"), surface);
    const app = await import("../../app/cluster/on_cluster.ts");
    const { environment, complain } = surface;
    const out = await app.evict({ flags: given.flags, environment }, host, {
      yes: given.flags.has("yes"),
      waitMs: given.values.of(WAIT_FLAG) * 1000,
      say: (text) => void complain(`${printable(text)}\n`),
    });
    const code = await answer("evict", out, surface);
    return orderExit(out, code);
  },
};
