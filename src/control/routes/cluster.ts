import { ok } from "../../base/result.ts";
import type { ExchangeNow } from "../agent.ts";
import { failureObject } from "../answers.ts";
import type { Route } from "../route.ts";

/** Hosts of which it is told one by one what is taken of them; the others are in the count. */
const HOSTS_MAX = 100;

/** How the host stands with its cluster, as far as its agent has heard, and what it exchanges there. */
export const cluster: Route = {
  method: "GET",
  path: "/v1/cluster",
  askers: "readers",
  answer: (_, agent) => {
    const { outcast, ...seen } = agent.snapshot.cluster;
    return ok({
      ...seen,
      ...(outcast === undefined ? {} : { outcast: failureObject(outcast) }),
      exchange: exchangeObject(agent.exchange()),
    });
  },
};

function exchangeObject({ exported, collected }: ExchangeNow): object {
  const from = [...collected].sort(([, a], [, b]) => b - a).slice(0, HOSTS_MAX)
    .map(([host, resources]) => ({ host, resources }));
  const total = [...collected.values()].reduce((sum, each) => sum + each, 0);
  return { exported, collected: total, hosts: collected.size, from };
}
