import type { Invariant } from "../invariant.ts";

/** Nobody asks for a vote for a member that has never run, or that is not in sync. */
export function ranBefore(): Invariant {
  return {
    name: "no voter that never ran",
    see(event) {
      if (event.type !== "landed" || event.call.type !== "promote") return undefined;
      const { memberId } = event.call;
      const peer = event.before.find((each) => each.id === memberId);
      if (peer === undefined || !peer.learner) return undefined;
      const who = `${event.machine} wants ${peer.peerUrls[0]} to vote, which`;
      if (!peer.ran) return `${who} has never run`;
      // While the call was on its way some more may have been written.
      return peer.stored < event.cluster.index * 0.5 ? `${who} is far behind` : undefined;
    },
  };
}
