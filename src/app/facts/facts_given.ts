/**
 * Whose facts a graph is looked at with: those of a file, or those that the cluster has of a host.
 *
 * @module
 */

import { ageOf } from "../../base/age.ts";
import { isJsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import {
  readKeptFacts,
  readToldFacts,
  TOLD,
  toldBy,
  type ToldFacts,
} from "../../cluster/admin/told_facts.ts";
import { type FixedFacts, fixedFacts } from "../../facts/fixed_facts.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { agentPrefix, type PlaceFlags } from "../agent_prefix.ts";
import { askCluster } from "../cluster/ask.ts";
import { clusterPlace } from "../cluster/cluster_place.ts";
import { userSeal } from "../cluster/loopback_mac.ts";
import { type FactsAnswer, fromKept } from "../cluster/told_to_agent.ts";
import { askAgent, objectOf } from "../control/ask_agent.ts";

/** For an answer of the cluster. */
const DEADLINE_MS = 5000;

/** Facts of a host, and what is to be said of them. */
export interface GivenFacts {
  readonly facts: FixedFacts;
  readonly note?: string;
}

/** As flags say; undefined: they say nothing, and this host's own count. */
export async function givenFacts(
  { factsFile, as }: { readonly factsFile: string | undefined; readonly as: string | undefined },
  given: PlaceFlags,
): Promise<Result<GivenFacts | undefined>> {
  if (factsFile !== undefined && as !== undefined) {
    return fail("--facts and --as exclude each other");
  }
  if (as !== undefined) return await factsAs(as, given);
  if (factsFile === undefined) return ok(undefined);
  const { readFactsFile } = await import("./open_facts.ts");
  const facts = await readFactsFile(factsFile);
  return facts.ok ? ok({ facts: facts.value }) : facts;
}

/**
 * What the cluster has of that host: the running agent of this one asks, where one runs and no other
 * cluster is named; else this command does.
 */
async function factsAs(host: string, given: PlaceFlags): Promise<Result<GivenFacts>> {
  const answer = given.flags.has("seeds") ? undefined : await byAgent(host, given);
  const found = answer ?? await byCluster(host, given);
  if (!found.ok) return found;
  const { facts: said, atMs } = found.value;
  const facts = fixedFacts(said, `what host ${host} tells of itself`);
  if (!facts.ok) return facts;
  if (atMs === undefined) return ok({ facts: facts.value });
  const ageMs = createLocalClock().wall().getTime() - atMs;
  return ok({
    facts: facts.value,
    note: `the cluster does not answer: host ${host} is as it was known here ${ageOf(ageMs)} ago`,
  });
}

/** Undefined: there is no agent that could be asked. */
async function byAgent(
  host: string,
  { flags }: PlaceFlags,
): Promise<Result<FactsAnswer> | undefined> {
  const prefix = agentPrefix({ flags });
  if (!prefix.ok) return prefix;
  const question = { method: "GET", path: "/v1/facts", given: { host } } as const;
  const clock = createLocalClock();
  const asked = await askAgent(prefix.value, question, clock);
  if (!asked.ok) {
    const { code = "" } = asked.failure;
    return ["no-agent", "unknown-path"].includes(code) ? undefined : asked;
  }
  const said = await objectOf(asked.value, { clock });
  if (!said.ok) return said;
  const { atMs, facts: told } = said.value;
  if (!isJsonObject(told)) {
    return fail("the agent answers with no facts", { code: "odd-answer" });
  }
  const facts = told as ToldFacts["facts"];
  return ok({ facts, ...(typeof atMs === "number" && { atMs }) });
}

async function byCluster(host: string, given: PlaceFlags): Promise<Result<FactsAnswer>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const atMs = createLocalClock().wall().getTime();
  const asked = { host, atMs, sealOf: userSeal, deadlineMs: DEADLINE_MS };
  const told = await askCluster(place.value, (store) => readToldFacts(store, asked));
  if (told.ok) {
    const found = toldBy(host, told.value);
    return found.ok ? ok({ facts: found.value.facts }) : found;
  }
  const kept = readKeptFacts(place.value.texts.get(TOLD));
  return kept.size === 0 ? told : fromKept(host, kept, told.failure);
}
