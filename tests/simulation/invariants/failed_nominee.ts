import type { Invariant } from "../invariant.ts";
import { isLeftOver } from "../rest.ts";

/** A nominee has 30 s; then the leader has some seconds to see to it. */
const LIMIT_MS = 60_000;
/**
 * Of two hosts with one name the one that was asked may have lost it: the member is nobody's. So is a
 * voter that was added by hand, and the member of a host that left before it was to start.
 */
const NOBODYS_MS = 180_000;

/** A failed nominee does not stop the others: it is gone after its time. */
export function failedNominee(): Invariant {
  const since = new Map<string, number>();
  return {
    name: "a failed nominee does not stop the others",
    see(event, world) {
      if (event.type !== "tick") return undefined;
      for (const cluster of world.clusters) {
        for (const peer of cluster.peers.values()) {
          const calm = world.disturbedAt <= world.now - 1000 && cluster.leader !== undefined;
          if (peer.ran || !calm) since.set(peer.id, world.now);
          else if (!since.has(peer.id)) since.set(peer.id, world.now);
          const waitsMs = world.now - (since.get(peer.id) ?? world.now);
          const names = new Set(world.machines.map((machine) => machine.settings.host));
          const isNobodys = !peer.learner || names.size < world.machines.length ||
            isLeftOver(world, peer);
          const limitMs = isNobodys ? NOBODYS_MS : LIMIT_MS;
          if (waitsMs > limitMs) return `${peer.peerUrls[0]} has not started for ${waitsMs} ms`;
        }
      }
      return undefined;
    },
  };
}
