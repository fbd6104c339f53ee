import { rollingKey } from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import type { Invariant } from "../invariant.ts";

/** What a host has heard of its etcd is no older. */
const HEARD_MS = 3000;
/** Between two ends; the clocks of hosts are not equally fast. */
const PAUSE_MS = 50_000;

/** A host ends the etcd of a member, to start it anew, only while that learns, and not all the time, or in its turn. */
export function votersRun(): Invariant {
  const promotedAt = new Map<string, number>();
  const endedAt = new Map<string, number>();
  return {
    name: "no host ends the etcd of a voter, nor that of a learner again and again",
    see(event, world) {
      if (event.type === "landed" && event.call.type === "promote" && event.worked) {
        promotedAt.set(event.call.memberId, world.now);
      }
      if (event.type !== "ended-by-host") return undefined;
      const { machine, cluster, memberId } = event;
      const peer = cluster.peers.get(memberId);
      // Of copies one has to end; with the agent goes what it remembers.
      if (peer === undefined || machine.copied) return undefined;
      // All are to be started anew, one after another.
      const turn = read.rolling(cluster.data.get(rollingKey())?.value)?.turn;
      if (turn?.memberId === memberId) return undefined;
      const isNew = world.now - (promotedAt.get(memberId) ?? -Infinity) < HEARD_MS;
      if (!peer.learner && !isNew) return `${machine} ends the etcd of ${peer.name}, which votes`;
      const key = `${memberId} ${machine.life}`;
      const pauseMs = world.now - (endedAt.get(key) ?? -Infinity);
      endedAt.set(key, world.now);
      return pauseMs < PAUSE_MS ? `${machine} ends its etcd again after ${pauseMs} ms` : undefined;
    },
  };
}
