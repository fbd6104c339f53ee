import { leaderKey, operationKey } from "../../../src/cluster/keys.ts";
import { read } from "../../../src/cluster/records.ts";
import { quorum } from "../../../src/cluster/view.ts";
import type { Peer } from "../etcd.ts";
import type { Invariant } from "../invariant.ts";

/** Who has been back for so short a time may still be taken for dead. */
const BACK_MS = 3000;
/** Who has been away for so short a time may still be taken for running. */
const AWAY_MS = 6000;

/** No automatic step lowers what may fail; where an operator wants fewer, what is left still works. */
export function noLowering(): Invariant {
  const heard = new Map<string, number>();
  return {
    name: "no automatic step lowers what may fail",
    see(event, world) {
      if (event.type === "tick") {
        for (const cluster of world.clusters) {
          for (const peer of cluster.voters) {
            if (peer.connectedSince !== undefined) heard.set(peer.id, world.now);
          }
        }
      }
      if (event.type === "landed" && !event.worked && event.call.type === "remove") {
        const { call, before } = event;
        const voters = before.filter((peer) => !peer.learner);
        const left = voters.filter((peer) => peer.id !== call.memberId);
        const isUp = ({ id, connectedSince }: Peer) =>
          connectedSince !== undefined || (heard.get(id) ?? 0) >= world.now - AWAY_MS;
        const [had, has] = [voters, left].map((all) =>
          all.filter(isUp).length - quorum(all.length)
        );
        if (left.length < voters.length && has! < 0 && had! >= 0) {
          return `only etcd keeps ${event.machine} from removing one of too few`;
        }
      }
      if (event.type !== "landed" || !event.worked || event.call.type === "add") return undefined;
      const { cluster, before, machine } = event;
      const known = new Map(before.map((peer) => [peer.id, peer]));
      const peers = [...cluster.peers.values()];
      if (mayFail(peers, known, world.now) < 0 && mayFail(before, known, world.now) >= 0) {
        return `after ${event.call.type} no majority is left`;
      }
      const now = mayFail(peers, known, world.now - BACK_MS);
      const then = mayFail(before, known, world.now - BACK_MS);
      const journal = cluster.data.get(operationKey())?.value;
      const wished = read.operation(journal)?.purpose === "shrink";
      const late = machine.fence !== cluster.data.get(leaderKey())?.createRevision;
      if (event.call.type === "promote" || now >= then || wished || late) return undefined;
      return `after ${event.call.type} ${now} may fail instead of ${then}`;
    },
  };
}

/** Voters that are connected since then, beyond the majority; as it was before the call. */
function mayFail(peers: readonly Peer[], known: Map<string, Peer>, since: number): number {
  const voters = peers.filter((peer) => !peer.learner);
  const up = voters.filter(({ id }) => (known.get(id)?.connectedSince ?? Infinity) <= since);
  return up.length - quorum(voters.length);
}
