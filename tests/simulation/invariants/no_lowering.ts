import type { StoreCall } from "../../../src/cluster/agent/calls.ts";
import { leaderKey, operationKey } from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import { quorum } from "../../../src/cluster/leader/view.ts";
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
          for (const peer of cluster.peers.values()) {
            if (peer.connectedSince !== undefined) heard.set(peer.id, world.now);
          }
        }
      }
      if (event.type !== "landed" || event.call.type === "add") return undefined;
      const { cluster, before, call, machine } = event;
      const isUp = ({ id, connectedSince }: Peer) =>
        connectedSince !== undefined || (heard.get(id) ?? 0) >= world.now - AWAY_MS;
      const [had, has] = [before, after(call, before)].map((peers) => {
        const voters = peers.filter((peer) => !peer.learner);
        return voters.length === 0 ? 0 : voters.filter(isUp).length - quorum(voters.length);
      });
      if (has! < 0 && had! >= 0) {
        const only = event.worked ? "after" : "only etcd's refusal is in the way of";
        return `${only} ${call.type} by ${machine} no majority is left`;
      }
      if (!event.worked) return undefined;
      const known = new Map(before.map((peer) => [peer.id, peer]));
      const peers = [...cluster.peers.values()];
      const now = mayFail(peers, known, world.now - BACK_MS);
      const then = mayFail(before, known, world.now - BACK_MS);
      const journal = cluster.data.get(operationKey())?.value;
      const wished = read.operation(journal)?.purpose === "shrink";
      const late = event.late ||
        machine.fence !== cluster.data.get(leaderKey())?.createRevision;
      if (call.type === "promote" || now >= then || wished || late) return undefined;
      return `after ${call.type} ${now} may fail instead of ${then}`;
    },
  };
}

/** The members as that call wants them. */
function after(call: StoreCall, peers: readonly Peer[]): readonly Peer[] {
  if (!("memberId" in call)) return peers;
  if (call.type === "remove") return peers.filter((peer) => peer.id !== call.memberId);
  return peers.map((peer) => peer.id === call.memberId ? { ...peer, learner: false } : peer);
}

/** Voters that are connected since then, beyond the majority; as it was before the call. */
function mayFail(peers: readonly Peer[], known: Map<string, Peer>, since: number): number {
  const voters = peers.filter((peer) => !peer.learner);
  const up = voters.filter(({ id }) => (known.get(id)?.connectedSince ?? Infinity) <= since);
  return up.length - quorum(voters.length);
}
