import { fail } from "../../base/result.ts";
import { ORDER_LIMIT_MS, readOrderId } from "../orders.ts";
import type { Route } from "../route.ts";

/** Says whether the host may run etcd; tells how far that is until it is so. */
export const volunteer: Route = {
  method: "POST",
  path: "/v1/volunteer",
  askers: "owner",
  limitMs: ORDER_LIMIT_MS,
  answer: ({ given, signal }, agent) => {
    const id = readOrderId(given);
    if (!id.ok) return id;
    const { on } = given;
    if (typeof on !== "boolean") return fail("on takes true or false", { code: "bad-request" });
    return agent.order({ ...id.value, volunteer: on }, signal);
  },
};
