import { ok } from "../../base/result.ts";
import { readHoldWish, readReleaseWish } from "../holds.ts";
import type { Route } from "../route.ts";

/** Holds resources: they are watched, and not touched, until then. */
export const hold: Route = {
  method: "POST",
  path: "/v1/hold",
  askers: "owner",
  answer: ({ given }, agent) => {
    const wish = readHoldWish(given);
    if (!wish.ok) return wish;
    const held = agent.hold(wish.value);
    return held.ok ? ok({ held: held.value }) : held;
  },
};

/** What is held. */
export const holds: Route = {
  method: "GET",
  path: "/v1/holds",
  askers: "readers",
  answer: (_, agent) => ok({ held: agent.holds() }),
};

/** Lets go of what is held. */
export const release: Route = {
  method: "POST",
  path: "/v1/release",
  askers: "owner",
  answer: ({ given }, agent) => {
    const wish = readReleaseWish(given);
    if (!wish.ok) return wish;
    const released = agent.release(wish.value);
    return released.ok ? ok({ released: released.value }) : released;
  },
};
