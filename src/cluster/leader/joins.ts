/**
 * Hosts that ask to be let in with a token, and what the leader does about them. Pure: whether a request
 * is what it says, and what the answer holds, is found out by others in between (`Judged`).
 *
 * Who has a token is a stranger still: requests are read by their names alone, and one by one where they
 * are judged, and a token with which more is written than its hosts need ends. Who has a token can also
 * write over what another asks with the same one; whoever waits then asks again.
 *
 * A use is counted in the transaction that answers, so it counts once whoever is killed when; who has its
 * answer gets no other, so asking again costs nothing. Tokens end by the time of the one who leads, since
 * the clocks of hosts may be years apart: after a change of leaders it begins anew.
 *
 * @module
 */

import { type Failure, failure, type Result } from "../../base/result.ts";
import { refusedOf, refusedText } from "../../trust/refused_answer.ts";
import type { JoinRole } from "../../trust/token.ts";
import { tokenOfJoin } from "../store/join_keys.ts";
import {
  bindingKey,
  joinedKey,
  joinedRange,
  joinKey,
  joinRange,
  leaderKey,
  liveKey,
  parseKey,
  tokenKey,
} from "../store/keys.ts";
import { type BindingRecord, read, type TokenRecord, write } from "../store/records.ts";
import type { Compare, StoreEntry, StoreOperation, StoreTransaction } from "../store/store.ts";

/** A token, as the store has it. */
export interface KnownToken {
  readonly id: string;
  readonly record: TokenRecord;
  readonly createRevision: number;
  readonly revision: number;
}

/** A request, as the store has it. */
export interface JoinAsked {
  readonly token: KnownToken;
  readonly key: string;
  readonly revision: number;
}

/** All that the store has of tokens. */
export interface JoinTable {
  readonly tokens: ReadonlyMap<string, KnownToken>;
  /** Requests that have no answer yet, in the order in which they came. */
  readonly asked: readonly JoinAsked[];
  /** What belongs to no token, or is done with. */
  readonly leftOver: readonly StoreEntry[];
  /** Tokens with which somebody does what no host does, and what that is. */
  readonly misused: ReadonlyMap<string, string>;
}

/** One thing the leader does. */
export type JoinStep =
  /** It is to be found out what it asks for; then {@linkcode answering}. */
  | { readonly type: "judge"; readonly asked: JoinAsked }
  | { readonly type: "refuse"; readonly asked: JoinAsked; readonly why: Failure }
  /** The token's time is over; or else `misuse` says why it ends. */
  | { readonly type: "end"; readonly token: KnownToken; readonly misuse?: string }
  | { readonly type: "clear"; readonly entries: readonly StoreEntry[] };

/** A request that is what it says, and the answer where that may be given. */
export interface Judged {
  readonly role: JoinRole;
  readonly host: string;
  /** The id that the host has, unless it certifies itself. */
  readonly id: string;
  /** The text of the answer. */
  readonly answer: string;
  /** The number of the certificate in it, where there is one. */
  readonly serial?: string;
}

/** Requests with one token that stand there at a time, or twice its uses: more are none of hosts that want in. */
const MOST_ASKED = 1000;
/** Certificates of one host that are known: it is issued another one every few months. */
export const MOST_SERIALS = 100;
/** Names of requests that are read at a time. */
export const MOST_NAMES = 5000;
/**
 * The code of a refusal that a lease may end: whoever has the name said less than 15 s ago that it is there. It
 * may be the same host, before its disk was lost.
 */
export const NAME_LIVES = "name-lives";
/** What to do where a token lets nobody in. */
export const ANOTHER_TOKEN =
  "with another one this host is let in: mgmt token create > FILE, on a host that runs etcd, then " +
  "mgmt run --token-file FILE here";

/** Operations of one transaction. */
const MOST_CLEARED = 50;

/** Reads what is there; of requests only the names. */
export function readJoins(entries: readonly StoreEntry[]): JoinTable {
  const tokens = new Map<string, KnownToken>();
  const answers = new Map<string, StoreEntry>();
  const requests: NamedRequest[] = [];
  const leftOver: StoreEntry[] = [];
  const misused = new Map<string, string>();
  for (const entry of entries) {
    const parsed = parseKey(entry.key);
    if (parsed?.type === "token") {
      const { id } = parsed;
      const { createRevision, modRevision: revision } = entry;
      const record = read.token(entry.value);
      if (record !== undefined) tokens.set(id, { id, record, createRevision, revision });
    } else if (parsed?.type === "joined") answers.set(`${parsed.id}/${parsed.key}`, entry);
    else if (parsed?.type === "join") requests.push({ ...parsed, entry });
    else {
      const id = tokenOfJoin(entry.key);
      if (id === undefined) continue;
      leftOver.push(entry);
      misused.set(id, "a key that is none of a request was written with it");
    }
  }
  const asked: JoinAsked[] = [];
  const refused = new Set<string>();
  for (const { id, key, entry } of requests.toSorted(byRevision)) {
    const answer = answers.get(`${id}/${key}`);
    const token = tokens.get(id);
    const of = answer === undefined ? undefined : refusedOf(answer.value);
    // Who has its answer asks no more.
    if (token === undefined || answer !== undefined && of === undefined) leftOver.push(entry);
    else if (of === entry.modRevision) refused.add(`${id}/${key}`);
    else asked.push({ token, key, revision: entry.modRevision });
  }
  for (const [place, entry] of answers) {
    const [id = ""] = place.split("/");
    // A refusal is about one request, and goes with it; who was let in may ask again.
    const isPast = refusedOf(entry.value) !== undefined && !refused.has(place);
    if (!tokens.has(id) || isPast) leftOver.push(entry);
  }
  for (const token of tokens.values()) {
    const count = requests.reduce((sum, { id }) => id === token.id ? sum + 1 : sum, 0);
    if (count > Math.max(MOST_ASKED, 2 * token.record.uses)) {
      misused.set(token.id, `more than ${count - 1} requests were written with it`);
    }
  }
  return { tokens, asked, leftOver, misused };
}

/** A request by its name. */
interface NamedRequest {
  readonly id: string;
  readonly key: string;
  readonly entry: StoreEntry;
}

function byRevision(one: NamedRequest, other: NamedRequest): number {
  return one.entry.modRevision - other.entry.modRevision;
}

/** The next thing to do; `endOf`: until when a token counts. Undefined: nothing now. */
export function nextJoinStep(
  table: JoinTable,
  endOf: (token: KnownToken) => number,
  now: number,
): JoinStep | undefined {
  const over = [...table.tokens.values()].find((token) => now >= endOf(token));
  if (over !== undefined) return { type: "end", token: over };
  for (const [id, misuse] of table.misused) {
    const token = table.tokens.get(id);
    if (token !== undefined) return { type: "end", token, misuse };
  }
  if (table.leftOver.length > 0) {
    return { type: "clear", entries: table.leftOver.slice(0, MOST_CLEARED) };
  }
  const [asked] = table.asked;
  if (asked === undefined) return undefined;
  const { token: { record: { used, uses } }, key } = asked;
  if (used.includes(key) || used.length < uses) return { type: "judge", asked };
  const why = failure(`the token has been used already (${used.length} of ${uses} times)`, {
    code: "token-used",
    hint: ANOTHER_TOKEN,
  });
  return { type: "refuse", asked, why };
}

/** What is written, while this leader leads (`fence`: the create revision of its key). */
export function joinTransaction(
  step: Exclude<JoinStep, { type: "judge" }>,
  fence: number,
): StoreTransaction {
  const when: Compare[] = [{ key: leaderKey(), create: fence }];
  switch (step.type) {
    case "refuse":
      return refusing(step.asked, step.why, when);
    case "end": {
      const { id, revision } = step.token;
      const key = tokenKey(id);
      const gone = [joinRange(id), joinedRange(id)];
      return {
        when: [...when, { key, mod: revision }],
        then: [deletion(key), ...gone.map((range) => ({ type: "deleteRange", range } as const))],
      };
    }
    case "clear":
      return { when, then: step.entries.map(({ key }) => deletion(key)) };
  }
}

/** Answers a request that was judged; `entries` is all that the leader knows of hosts. */
export function answering(
  asked: JoinAsked,
  judged: Result<Judged>,
  entries: readonly StoreEntry[],
  fence: number,
): StoreTransaction {
  const { token: { id, record, revision }, key } = asked;
  const when: Compare[] = [{ key: leaderKey(), create: fence }];
  if (!judged.ok) return refusing(asked, judged.failure, when);
  const { role, host, answer } = judged.value;
  if (role !== record.role) {
    const why = `the token is for hosts that join as ${record.role}, not as ${role}`;
    return refusing(asked, failure(why, { code: "token-role", hint: ANOTHER_TOKEN }), when);
  }
  const other = role === "agent" ? nameOf(judged.value, entries) : undefined;
  if (other !== undefined) {
    const why = `the key of this host is that of ${other} in this cluster`;
    const hint =
      `start it with --hostname ${other}; or have ${other} leave before (mgmt leave there, or mgmt forget ${other})`;
    return refusing(asked, failure(why, { code: "name-bound", hint }), when);
  }
  const named = naming(judged.value, entries);
  if (typeof named === "string") {
    const why = `the name ${host} is another host's in this cluster`;
    const hint =
      `start this one with another --hostname; or have the other leave (mgmt leave there; mgmt forget ${host} ` +
      "where it does not come back)";
    const code = named === "bound" ? "name-taken" : NAME_LIVES;
    return refusing(asked, failure(why, { code, hint }), when);
  }
  const used = record.used.includes(key) ? record.used : [...record.used, key];
  return {
    when: [
      ...when,
      { key: tokenKey(id), mod: revision },
      { key: joinKey(id, key), mod: asked.revision },
      named.condition,
    ],
    then: [
      { type: "put", key: joinedKey(id, key), value: answer },
      deletion(joinKey(id, key)),
      { type: "put", key: tokenKey(id), value: write({ ...record, used }) },
      ...named.operations,
    ],
  };
}

/** The other name that is bound to the host's id: its rights are those of one name. */
function nameOf({ host, id }: Judged, entries: readonly StoreEntry[]): string | undefined {
  for (const { key, value } of entries) {
    const parsed = parseKey(key);
    if (parsed?.type !== "binding" || parsed.host === host) continue;
    if (read.binding(value)?.id === id) return parsed.host;
  }
  return undefined;
}

/**
 * Binds the name to the host; `bound`: it is another's; `lives`: whoever has it says that it is there, and
 * nothing else keeps it. Who certifies itself is bound to no name.
 */
function naming(
  { role, host, id, serial }: Judged,
  entries: readonly StoreEntry[],
):
  | { readonly condition: Compare; readonly operations: readonly StoreOperation[] }
  | "bound"
  | "lives" {
  const key = bindingKey(host);
  const binding = entries.find((entry) => entry.key === key);
  const live = entries.find((entry) => entry.key === liveKey(host));
  const known = read.binding(binding?.value);
  const isOurs = known?.id === id;
  if (binding !== undefined && !isOurs) return "bound";
  if (binding === undefined && live !== undefined) return "lives";
  const condition = { key, mod: binding?.modRevision ?? 0 };
  const value = write(boundTo(id, serial, known));
  const bind = role === "agent" ? [{ type: "put", key, value } as const] : [];
  return { condition, operations: bind };
}

/** What binds a name to that host: with the certificates that it has of this key, for when it is cast out. */
export function boundTo(
  id: string,
  serial: string | undefined,
  before: BindingRecord | undefined,
): BindingRecord {
  const known = before?.id === id ? before.serials ?? [] : [];
  const serials = [...known, ...(serial === undefined ? [] : [serial])].slice(-MOST_SERIALS);
  return { id, role: "host", ...(serials.length === 0 ? {} : { serials }) };
}

function refusing(
  { token: { id }, key, revision }: JoinAsked,
  why: Failure,
  when: readonly Compare[],
): StoreTransaction {
  const value = refusedText({ why, of: revision });
  return {
    when: [...when, { key: joinKey(id, key), mod: revision }],
    then: [{ type: "put", key: joinedKey(id, key), value }],
  };
}

function deletion(key: string): StoreOperation {
  return { type: "delete", key };
}
