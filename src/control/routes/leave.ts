import { ORDER_LIMIT_MS, readLeaving, readOrderId } from "../orders.ts";
import type { Route } from "../route.ts";

/** Takes the host out of its cluster, perhaps for another one; tells how far that is until it is done. */
export const leave: Route = {
  method: "POST",
  path: "/v1/leave",
  askers: "owner",
  limitMs: ORDER_LIMIT_MS,
  answer: ({ given, signal }, agent) => {
    const id = readOrderId(given);
    if (!id.ok) return id;
    const way = readLeaving(given);
    return way.ok ? agent.order({ ...id.value, ...way.value }, signal) : way;
  },
};
