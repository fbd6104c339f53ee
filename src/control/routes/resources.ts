import { fail, ok } from "../../base/result.ts";
import { saidWord } from "../../base/resource_word.ts";
import type { ResourceSnapshot } from "../../report/state.ts";
import { resourceNow, resourceObject } from "../resource_now.ts";
import type { Askers, Route } from "../route.ts";

/** A whole graph, for who takes it slowly. */
const LIST_LIMIT_MS = 60_000;

/** Every resource of the graph in force, one object each. */
export const resources: Route = {
  method: "GET",
  path: "/v1/resources",
  askers: "readers",
  limitMs: LIST_LIMIT_MS,
  answer: ({ askers }, agent) => ok(each(agent.snapshot.resources, askers)),
};

/** One of them, as people name it. */
export const resource: Route = {
  method: "GET",
  path: "/v1/resources/",
  askers: "readers",
  answer: async ({ rest, askers }, agent) => {
    const key = agent.keyOf(rest);
    if (!key.ok) return key;
    const now = resourceNow(key.value, agent, askers);
    // A graph is being swapped.
    return now === undefined
      ? fail(`the graph in force has no ${saidWord(rest)}`, { code: "unknown-resource" })
      : ok({ ...now, ...await agent.detailOf(key.value) });
  },
};

async function* each(
  all: ReadonlyMap<string, ResourceSnapshot>,
  askers: Askers,
): AsyncIterable<object> {
  for (const [key, found] of all) yield resourceObject(key, found, askers);
}
