/**
 * Hosts that ask to be let in with a token, and what the leader does about them. Pure: whether a request
 * is what it says, and what the answer holds, is found out by others in between (`Judged`).
 *
 * A use is counted in the transaction that answers, so it counts once whoever is killed when; who has its
 * answer gets no other, so asking again costs nothing. Tokens end by the time of the one who leads, since
 * the clocks of hosts may be years apart: after a change of leaders it begins anew.
 *
 * @module
 */

import { type Failure, failure, type Result } from "../../base/result.ts";
import { readRefused, refusedText } from "../../trust/refused_answer.ts";
import type { JoinRole } from "../../trust/token.ts";
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
  readonly text: string;
  readonly revision: number;
}

/** All that the store has of tokens. */
export interface JoinTable {
  readonly tokens: ReadonlyMap<string, KnownToken>;
  /** Requests that have no answer yet, in the order in which they came. */
  readonly asked: readonly JoinAsked[];
  /** What belongs to no token. */
  readonly leftOver: readonly StoreEntry[];
}

/** One thing the leader does. */
export type JoinStep =
  /** It is to be found out what it asks for; then {@linkcode answering}. */
  | { readonly type: "judge"; readonly asked: JoinAsked }
  | { readonly type: "refuse"; readonly asked: JoinAsked; readonly why: Failure }
  /** The token's time is over. */
  | { readonly type: "end"; readonly token: KnownToken }
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

/** Requests with one token: more are none of hosts that want in. */
const MOST_ASKED = 1000;
/** Certificates of one host that are known: it is issued another one every few months. */
const MOST_SERIALS = 100;
/** Operations of one transaction. */
const MOST_CLEARED = 50;

/** Reads what is there. */
export function readJoins(entries: readonly StoreEntry[]): JoinTable {
  const tokens = new Map<string, KnownToken>();
  const answers = new Map<string, StoreEntry>();
  const requests: { id: string; key: string; entry: StoreEntry }[] = [];
  const byToken = new Map<string, StoreEntry[]>();
  for (const entry of entries) {
    const parsed = parseKey(entry.key);
    if (parsed?.type === "token") {
      const { id } = parsed;
      const { createRevision, modRevision: revision } = entry;
      const record = read.token(entry.value);
      if (record !== undefined) tokens.set(id, { id, record, createRevision, revision });
    } else if (parsed?.type === "join" || parsed?.type === "joined") {
      const { id, key } = parsed;
      const own = byToken.get(id);
      if (own === undefined) byToken.set(id, [entry]);
      else own.push(entry);
      if (parsed.type === "joined") answers.set(`${id}/${key}`, entry);
      else requests.push({ id, key, entry });
    }
  }
  const isAnswered = ({ id, key, entry }: typeof requests[number]) => {
    const answer = answers.get(`${id}/${key}`);
    const refused = answer === undefined ? undefined : readRefused(answer.value);
    return answer !== undefined && (refused === undefined || refused.of === entry.modRevision);
  };
  const asked = requests.filter((request) => !isAnswered(request))
    .toSorted((one, other) => one.entry.modRevision - other.entry.modRevision)
    .flatMap(({ id, key, entry: { value: text, modRevision: revision } }) => {
      const token = tokens.get(id);
      return token === undefined ? [] : [{ token, key, text, revision }];
    });
  const isAsked = new Set(requests.map(({ id, key }) => `${id}/${key}`));
  const leftOver = [...byToken].flatMap(([id, own]) => {
    if (!tokens.has(id)) return own;
    const many = requests.filter((request) => request.id === id)
      .toSorted((one, other) => one.entry.createRevision - other.entry.createRevision)
      .slice(MOST_ASKED).map(({ entry }) => entry);
    // Who was let in may ask again; a refusal is about one request, and goes with it.
    const refusals = own.filter(({ key, value }) => {
      const parsed = parseKey(key);
      return parsed?.type === "joined" && !isAsked.has(`${id}/${parsed.key}`) &&
        readRefused(value) !== undefined;
    });
    return [...many, ...refusals];
  });
  return { tokens, asked, leftOver };
}

/** The next thing to do; `endOf`: until when a token counts. Undefined: nothing now. */
export function nextJoinStep(
  table: JoinTable,
  endOf: (token: KnownToken) => number,
  now: number,
): JoinStep | undefined {
  const over = [...table.tokens.values()].find((token) => now >= endOf(token));
  if (over !== undefined) return { type: "end", token: over };
  if (table.leftOver.length > 0) {
    return { type: "clear", entries: table.leftOver.slice(0, MOST_CLEARED) };
  }
  const [asked] = table.asked;
  if (asked === undefined) return undefined;
  const { token: { record: { used, uses } }, key } = asked;
  if (used.includes(key) || used.length < uses) return { type: "judge", asked };
  const why = failure(`the token has been used already (${used.length} of ${uses} times)`, {
    code: "token-used",
    hint: "on a host that runs etcd: mgmt token create",
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
    return refusing(asked, failure(why, { code: "token-role" }), when);
  }
  const named = naming(judged.value, entries);
  if (named === undefined) {
    const why = `the name ${host} is another host's in this cluster`;
    const hint =
      `start this one with another --hostname; or have the other leave (mgmt leave there; mgmt forget ${host} ` +
      "where it does not come back)";
    return refusing(asked, failure(why, { code: "name-taken", hint }), when);
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
      { type: "put", key: tokenKey(id), value: write({ ...record, used }) },
      ...named.operations,
    ],
  };
}

/** Binds the name to the host; undefined: it is another's. Who certifies itself binds its name itself, too. */
function naming(
  { role, host, id, serial }: Judged,
  entries: readonly StoreEntry[],
): { readonly condition: Compare; readonly operations: readonly StoreOperation[] } | undefined {
  const key = bindingKey(host);
  const binding = entries.find((entry) => entry.key === key);
  const live = entries.find((entry) => entry.key === liveKey(host));
  const known = read.binding(binding?.value);
  const isOurs = known?.id === id;
  if (binding !== undefined ? !isOurs : live !== undefined) return undefined;
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
