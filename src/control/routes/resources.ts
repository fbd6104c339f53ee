import { fail, ok } from "../../base/result.ts";
import type { ResourceSnapshot } from "../../report/state.ts";
import { failureObject } from "../answers.ts";
import type { Route } from "../route.ts";

/** A whole graph, for who takes it slowly. */
const LIST_LIMIT_MS = 60_000;

/** Every resource of the graph in force, one object each. */
export const resources: Route = {
  method: "GET",
  path: "/v1/resources",
  limitMs: LIST_LIMIT_MS,
  answer: (_, agent) => ok(each(agent.snapshot.resources)),
};

/** One of them. */
export const resource: Route = {
  method: "GET",
  path: "/v1/resources/",
  answer: ({ rest }, agent) => {
    const { resources } = agent.snapshot;
    // People read File[…] for what is called file[…].
    const key = resources.has(rest) ? rest : rest.slice(0, 1).toLowerCase() + rest.slice(1);
    const found = resources.get(key);
    if (found !== undefined) return ok(resourceObject(key, found));
    return fail(`there is no ${rest} in the graph in force`, { code: "unknown-resource" });
  },
};

async function* each(all: ReadonlyMap<string, ResourceSnapshot>): AsyncIterable<object> {
  for (const [key, found] of all) yield resourceObject(key, found);
}

function resourceObject(key: string, { failure, ...rest }: ResourceSnapshot): object {
  return { key, ...rest, ...(failure === undefined ? {} : { failure: failureObject(failure) }) };
}
