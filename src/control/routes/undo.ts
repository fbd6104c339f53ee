import { readUndoWish } from "../undo.ts";
import type { Route } from "../route.ts";

/** Takes changes back, which is held then. */
export const undo: Route = {
  method: "POST",
  path: "/v1/undo",
  askers: "owner",
  // Large copies and slow services take their time.
  limitMs: 600_000,
  answer: async ({ given }, agent) => {
    const wish = readUndoWish(given);
    return wish.ok ? await agent.undo(wish.value) : wish;
  },
};
