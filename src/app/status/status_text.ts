/**
 * How an agent is, as lines for people: what counts first, no wider than it must be.
 *
 * @module
 */

import { ageOf } from "../../base/age.ts";
import { printable } from "../../base/printable.ts";
import { count, label, names, second } from "../../base/words.ts";
import type { AgentStatus } from "../../control/status_object.ts";
import { holdText } from "../../report/phrases.ts";
import type { RunStanding } from "../../report/standing.ts";

type ToldTrouble = AgentStatus["troubles"][number];

/** How many resources that are at work are named. */
const NAMED = 3;
/** How many holds are told of. */
const HOLDS = 10;

/** What a standing means where it is not plain. */
const MEANING: Partial<Record<RunStanding, string>> = {
  starting: "no graph is in force yet",
  refused: "the graph file has mistakes",
  noop: "what differs is left so (meta.noop)",
};

/** All of it; `nowMs`: since 1970. */
export function statusText(status: AgentStatus, nowMs: number): string {
  const lines = [
    headLine(status, nowMs),
    ...status.troubles.flatMap((each) => troubleLines(each, status.standing, nowMs)),
    ...moreTroubles(status),
    ...nowLines(status),
    ...status.held.slice(0, HOLDS).map(({ key, ...hold }) =>
      part("held", `${key === "*" ? "all resources" : label(key)} ${holdText(hold)}`)
    ),
    ...graphLines(status, nowMs),
    ...clusterLine(status.cluster, nowMs),
    part("agent", agentText(status, nowMs)),
  ];
  // Whoever answers at the socket need not be an honest agent.
  return lines.map((line) => `${printable(line)}\n`).join("");
}

/** `converged since 2026-12-01 02:14:09Z (3 h): 120 ok, 2 changed`. */
export function headLine(
  { standing, sinceMs, resources }: Pick<AgentStatus, "standing" | "sinceMs" | "resources">,
  nowMs: number,
): string {
  const since = sinceMs === undefined ? "" : ` since ${momentText(sinceMs, nowMs)}`;
  const meaning = MEANING[standing];
  return `${standing}${since}: ${meaning === undefined ? "" : `${meaning}; `}${
    countsText(resources)
  }`;
}

/** `120 ok, 2 failed`. */
function countsText(
  { ok = 0, ...others }: Partial<AgentStatus["resources"]>,
): string {
  const said = Object.entries(others).filter(([, number]) => number > 0);
  return [`${ok} ok`, ...said.map(([state, number]) => `${number} ${state}`)].join(", ");
}

function troubleLines(
  { key, state, ...now }: ToldTrouble,
  standing: RunStanding,
  nowMs: number,
): readonly string[] {
  const since = now.sinceMs === undefined ? "" : `, ${ageOf(nowMs - now.sinceMs)}`;
  const why = state === "failed" ? now.failure?.message : now.reason;
  const because = now.blockedBy === undefined
    ? why === undefined ? "" : `: ${printable(why)}`
    : `: waits for ${label(now.blockedBy)}`;
  const first = part(
    state === "would-change" ? "noop" : state,
    `${label(key)}${since}${because}`,
  );
  const { retryAtMs, failure } = now;
  if (state !== "failed") return [first];
  const next = retryAtMs === undefined
    ? "tried again when something changes"
    : `tried again in ${ageOf(retryAtMs - nowMs)}`;
  const hint = failure?.hint === undefined ? [] : [part("", `hint: ${printable(failure.hint)}`)];
  // A stop ends all tries.
  return [first, ...hint, ...(standing === "stopping" ? [] : [part("", next)])];
}

function moreTroubles({ resources, troubles }: AgentStatus): readonly string[] {
  const { failed = 0, contested = 0, aborted = 0, blocked = 0, held = 0, noop = 0 } = resources;
  const more = failed + contested + aborted + blocked + held + noop - troubles.length;
  return more > 0 ? [part("", `and ${more} more: mgmt status --output json names 20 of them`)] : [];
}

function nowLines({ stuck, working, waiting }: AgentStatus): readonly string[] {
  return [
    ...(stuck === undefined ? [] : [part("hangs", printable(stuck))]),
    ...(working.length === 0 ? [] : [part("working", `on ${names(working, NAMED)}`)]),
    ...(waiting.length === 0 ? [] : [part("waiting", names(waiting, NAMED))]),
  ];
}

function graphLines(
  { graph, file, refused, lastGoodOf }: AgentStatus,
  nowMs: number,
): readonly string[] {
  const from = file === "-" ? "the standard input" : printable(file);
  if (graph === undefined) return [part("graph", `${from}, not read yet`)];
  const lines = [
    part(
      "graph",
      `${printable(graph.name)}, ${count(graph.vertices, "resource")}, of ${from} since ${
        momentText(graph.sinceMs, nowMs)
      }`,
    ),
  ];
  if (lastGoodOf !== undefined) {
    lines.push(
      part(
        "",
        `the file has mistakes: its last good reading, of ${second(lastGoodOf)}, is in force`,
      ),
    );
  } else if (refused) {
    lines.push(part("", "the file has mistakes: the graph before stays in force"));
  }
  return lines;
}

function clusterLine(cluster: AgentStatus["cluster"], nowMs: number): readonly string[] {
  if (cluster === undefined) return [];
  const { role, phase, leader, members, contact, lostSinceMs, outcast } = cluster;
  if (outcast !== undefined) {
    return [part("cluster", `no part in it: ${printable(outcast.message)}`)];
  }
  const what = role === "none" ? phase ?? "no part in it" : role;
  const rest = [
    members > 0 ? [`${count(members, "member")}`] : [],
    leader === undefined ? ["nobody decides"] : [`${printable(leader)} decides`],
    contact === "lost" && lostSinceMs !== undefined
      ? [`no contact since ${momentText(lostSinceMs, nowMs)}`]
      : [],
  ].flat();
  return [part("cluster", [what, ...rest].join(", "))];
}

function agentText({ pid, version, startedAtMs }: AgentStatus, nowMs: number): string {
  const since = startedAtMs === undefined ? "" : ` since ${momentText(startedAtMs, nowMs)}`;
  return `process ${pid}${since}${version === undefined ? "" : `, mgmt ${printable(version)}`}`;
}

function momentText(atMs: number, nowMs: number): string {
  return `${second(new Date(atMs).toISOString())} (${ageOf(nowMs - atMs)})`;
}

function part(word: string, text: string): string {
  return `  ${word.padEnd(9)} ${text}`;
}
