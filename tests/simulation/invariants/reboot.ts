import { forgottenKey, operationKey } from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import type { Invariant } from "../invariant.ts";

/** The limit of two minutes, less what a round may take. */
const LIMIT_MS = 115_000;
/** Who answers no longer than that is not back yet, and may be so short of two rounds of the leader. */
const STEADY_MS = 15_000;
/** Who has been back for so short a time may still be taken for gone. */
const BACK_MS = 5000;

/** A reboot shorter than the limit changes nothing: only who has been away longer is buried. */
export function reboot(): Invariant {
  const heard = new Map<string, number>();
  /** Members whose hosts took their offers back, perhaps before they lost their disks. */
  const withdrawn = new Set<string>();
  return {
    name: "a reboot shorter than the limit changes nothing",
    see(event, world) {
      if (event.type === "tick") {
        for (const { offers, directories } of world.machines) {
          for (const { memberId } of directories.values()) {
            if (offers) withdrawn.delete(memberId);
            else withdrawn.add(memberId);
          }
        }
        for (const cluster of world.clusters) {
          for (const peer of cluster.peers.values()) {
            const isBack = world.now - (peer.connectedSince ?? world.now) >= STEADY_MS;
            if (isBack || !heard.has(peer.id)) heard.set(peer.id, world.now);
          }
        }
        return undefined;
      }
      if (event.type !== "landed" || !event.worked || event.call.type !== "remove") {
        return undefined;
      }
      const { memberId } = event.call;
      const peer = event.before.find((each) => each.id === memberId);
      const purpose = read.operation(event.cluster.data.get(operationKey())?.value)?.purpose;
      if (peer === undefined || peer.learner || purpose === "shrink") return undefined;
      if (event.cluster.data.get(forgottenKey(memberId)) !== undefined) {
        const isThere = (peer.connectedSince ?? world.now) < world.now - BACK_MS;
        return isThere ? `${peer.name} is there, and is forgotten` : undefined;
      }
      const offers = !withdrawn.has(memberId) &&
        !world.machines.some((machine) =>
          !machine.offers &&
          [...machine.directories.values()].some((each) => each.memberId === memberId)
        );
      const awayMs = world.now - (heard.get(memberId) ?? -Infinity);
      if (awayMs >= LIMIT_MS || !offers || world.wishedAt > world.now - 30_000) return undefined;
      return `${peer.name} is removed after ${Math.round(awayMs / 1000)} s`;
    },
  };
}
