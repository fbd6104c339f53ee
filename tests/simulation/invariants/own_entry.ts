import type { Invariant } from "../invariant.ts";

/** Nobody but a member itself says where it is. */
export function ownEntry(): Invariant {
  return {
    name: "only the member itself changes its address",
    see(event, world) {
      if (event.type !== "moved") return undefined;
      const { machine, memberId } = event;
      // Of copies whichever has a part in the cluster.
      if (world.machineOf(memberId) === machine || machine.copied) return undefined;
      return `${machine} changes the address of ${memberId}`;
    },
  };
}
