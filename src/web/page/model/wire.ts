/**
 * Reads what the agent answers. Agents of other versions say more or less than this page knows, and none of it may
 * break a view: what is not as expected is left out.
 *
 * @module
 */

import { isJsonObject } from "../../../base/json.ts";
import { kindOf, nameOf } from "../../../base/words.ts";
import type { HeldResource } from "../../../control/holds.ts";
import type { VertexState } from "../../../engine/vertex.ts";
import type { EntryType } from "../../../journal/entry.ts";
import type { ClusterSnapshot } from "../../../report/cluster_state.ts";
import type {
  EdgeKind,
  PageGraph,
  ShownEdge,
  ShownEntry,
  ShownExchange,
  ShownResource,
  ShownStatus,
} from "./shown.ts";

/** An object whose fields nobody has looked at yet. */
export type Unread = Readonly<Record<string, unknown>>;

const STATES: ReadonlySet<unknown> = new Set<VertexState>([
  "unchecked",
  "ok",
  "failed",
  "blocked",
  "contested",
  "held",
  "would-change",
  "aborted",
]);

/** A text, or nothing. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A number that is one, or nothing. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** The objects of a list. */
export function objectsOf(value: unknown): readonly Unread[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** What `GET /v1/graph` says. */
export function readGraph(answer: Unread): PageGraph {
  const resources = objectsOf(answer["vertices"]).map(readResource);
  const edges: ShownEdge[] = [];
  for (const edge of Array.isArray(answer["edges"]) ? answer["edges"] : []) {
    const [fromIndex, toIndex, kind] = Array.isArray(edge) ? edge : [];
    const [from, to] = [resources[fromIndex as number]?.key, resources[toIndex as number]?.key];
    if (from === undefined || to === undefined) continue;
    edges.push({ from, to, kind: kind === "notifies" || kind === "auto" ? kind : REQUIRES });
  }
  return { name: textOf(answer["name"]) ?? "", resources, edges };
}

const REQUIRES: EdgeKind = "requires";

/** One resource, of a graph or by itself. */
export function readResource(said: Unread): ShownResource {
  const key = textOf(said["key"]) ?? "";
  const state = STATES.has(said["state"]) ? said["state"] as VertexState : "unchecked";
  const [file, line] = [textOf(said["file"]), numberOf(said["line"])];
  return {
    key,
    kind: textOf(said["kind"]) ?? kindOf(key),
    name: textOf(said["name"]) ?? nameOf(key),
    path: textOf(said["path"]),
    state,
    sinceMs: numberOf(said["sinceMs"]) ?? 0,
    reason: textOf(said["reason"]),
    blockedBy: textOf(said["blockedBy"]),
    failure: state === "failed" ? failureText(said["failure"]) : undefined,
    worksSinceMs: isJsonObject(said["works"]) ? workSince(said["works"], state) : undefined,
    place: file === undefined ? undefined : line === undefined ? file : `${file}:${line}`,
  };
}

/** Since when it is worked on; of a look that is not the first nobody says that it is over. */
export function workSince({ step, sinceMs }: Unread, state: VertexState): number | undefined {
  const isSeen = step === "apply" || step === "refresh" ||
    (step === "check" && state === "unchecked");
  return isSeen ? numberOf(sinceMs) : undefined;
}

/** The message of a failure. */
export function failureText(said: unknown): string | undefined {
  return isJsonObject(said) ? textOf(said["message"]) : undefined;
}

/** What `GET /v1/status` says; of the cluster it has only counts. */
export function readStatus(said: Unread): ShownStatus {
  const optional: Record<string, unknown> = {};
  for (const name of ["version", "file", "phase", "lastGoodOf"]) {
    if (typeof said[name] === "string") optional[name] = said[name];
  }
  for (const name of ["refused", "settled"]) {
    if (typeof said[name] === "boolean") optional[name] = said[name];
  }
  const startedAtMs = numberOf(said["startedAtMs"]);
  return {
    ...optional,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    held: readHolds(said["held"]),
  };
}

/** What is held. */
export function readHolds(said: unknown): readonly HeldResource[] {
  return objectsOf(said).filter(({ key }) => typeof key === "string").map((hold) => ({
    key: hold["key"] as string,
    reason: textOf(hold["reason"]) ?? "",
    author: textOf(hold["author"]) ?? "",
    sinceMs: numberOf(hold["sinceMs"]) ?? 0,
    untilMs: numberOf(hold["untilMs"]) ?? 0,
  }));
}

/** What `GET /v1/cluster` says of what is exchanged; undefined: nothing. */
export function readExchange(said: unknown): ShownExchange | undefined {
  if (!isJsonObject(said)) return undefined;
  const [exported, collected] = [numberOf(said["exported"]) ?? 0, numberOf(said["collected"]) ?? 0];
  const from = objectsOf(said["from"]).map(({ host, resources }) => ({
    host: textOf(host) ?? "",
    resources: numberOf(resources) ?? 0,
  }));
  return { exported, collected, hosts: numberOf(said["hosts"]) ?? from.length, from };
}

/** What `GET /v1/cluster` says: lists are lists, and the rest is shown as far as it is text. */
export function readCluster(said: Unread): Partial<ClusterSnapshot> {
  return {
    ...said as Partial<ClusterSnapshot>,
    members: readMembers(said["members"]),
    missing: readMembers(said["missing"]),
  };
}

function readMembers(said: unknown): ClusterSnapshot["members"] {
  return objectsOf(said).map((member) => ({
    id: textOf(member["id"]) ?? "",
    host: textOf(member["host"]) ?? "",
    clientUrls: textsOf(member["clientUrls"]),
    learner: member["learner"] === true,
  }));
}

/** The entries of `GET /v1/history` or of a chain of `GET /v1/why/KEY`, in their order. */
export function readEntries(said: unknown): readonly ShownEntry[] {
  return objectsOf(said).map(({ time, lastTime, ...entry }) => ({
    ...entry as unknown as ShownEntry,
    id: numberOf(entry["id"]) ?? 0,
    type: (textOf(entry["type"]) ?? "") as EntryType,
    atMs: momentOf(time),
    ...(lastTime === undefined ? {} : { lastMs: momentOf(lastTime) }),
  }));
}

/** A time in ISO 8601, or milliseconds since 1970. */
function momentOf(said: unknown): number {
  return typeof said === "string" ? Date.parse(said) : numberOf(said) ?? NaN;
}
