/**
 * `mgmt hold` and `mgmt release`: an operator's word, given to the running agent, or written down for the
 * next one where none runs.
 *
 * @module
 */

import { isJsonObject } from "../../base/json.ts";
import { meantKey } from "../../base/resource_word.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { label } from "../../base/words.ts";
import {
  type HeldResource,
  type HoldWish,
  isHeldResource,
  type ReleaseWish,
} from "../../control/holds.ts";
import { ownUid, readAccounts } from "../../os/accounts.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import type { Clock } from "../../os/clock.ts";
import { holdText } from "../../report/phrases.ts";
import { agentPrefix, type PlaceFlags } from "../agent_prefix.ts";
import { askAgent, objectOf } from "../control/ask_agent.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { whileNoAgentRuns } from "../offline.ts";
import { managedNamed } from "../managed/named.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import { HoldBook } from "./hold_book.ts";
import { ALL, HoldFile } from "./hold_file.ts";

/** How an answer is given. */
export interface HoldAnswerOptions {
  readonly asJson: boolean;
}

/** Holds resources; the result is what is said of it. */
export async function hold(
  given: PlaceFlags,
  wish: Omit<HoldWish, "author">,
  { asJson }: HoldAnswerOptions,
): Promise<Result<string>> {
  const { words, reason, forMs } = wish;
  const author = authorOf(given);
  const held = await byAgentOrHand(given, "mgmt hold", {
    path: "/v1/hold",
    given: { ...chosen(words), reason, author, forMs },
    read: heldOf,
    byHand: (book, clock, prefix) => {
      const keys = keysByHand(words, prefix);
      if (!keys.ok) return keys;
      const sinceMs = clock.wall().getTime();
      const one = { reason, author, sinceMs, untilMs: sinceMs + forMs };
      const placed = book.place(keys.value, one);
      return placed.ok ? ok(keys.value.map((key) => ({ key, ...one }))) : placed;
    },
  });
  return held.ok ? ok(heldText(held.value, asJson)) : held;
}

/** Lets go of resources. */
export async function release(
  given: PlaceFlags,
  { words }: ReleaseWish,
  { asJson }: HoldAnswerOptions,
): Promise<Result<string>> {
  const released = await byAgentOrHand(given, "mgmt release", {
    path: "/v1/release",
    given: chosen(words),
    read: (answer) => listOf(answer, "released").filter((key) => typeof key === "string"),
    byHand: (book, _clock, prefix) => {
      const keys = words === undefined ? ok([...book.list().keys()]) : keysByHand(words, prefix);
      return keys.ok ? book.release(keys.value) : keys;
    },
  });
  if (!released.ok) return released;
  const keys = released.value;
  if (asJson) return ok(JSON.stringify({ version: 1, type: "released", keys }) + "\n");
  if (keys.length === 0) return ok("nothing was held\n");
  return ok(keys.map((key) => `${whatOf(key)}: released\n`).join(""));
}

/** Says what is held. */
export async function listHolds(
  given: PlaceFlags,
  { asJson }: HoldAnswerOptions,
): Promise<Result<string>> {
  const prefix = agentPrefix(given);
  if (!prefix.ok) return prefix;
  const clock = createLocalClock();
  const asked = await ask(prefix.value, { method: "GET", path: "/v1/holds" }, clock);
  if (asked.ok) return ok(heldText(heldOf(asked.value), asJson));
  if (asked.failure.code !== "no-agent") return asked;
  const nowMs = clock.wall().getTime();
  const { holds, damage } = new HoldFile(prefix.value).read();
  if (damage !== undefined) return fail(damage, { code: "damaged" });
  const held = [...holds].map(([key, one]) => ({ key, ...one }))
    .filter(({ untilMs }) => untilMs > nowMs);
  return ok(heldText(held, asJson));
}

interface Telling<T> {
  readonly path: string;
  readonly given: object;
  readonly read: (answer: unknown) => T;
  /** The same where no agent runs. */
  readonly byHand: (book: HoldBook, clock: Clock, prefix: string) => Result<T>;
}

async function byAgentOrHand<T>(
  given: PlaceFlags,
  command: string,
  { path, given: said, read, byHand }: Telling<T>,
): Promise<Result<T>> {
  const found = agentPrefix(given);
  if (!found.ok) return found;
  const prefix = found.value;
  const unsafe = await unsafePrefix(prefix, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const asked = await ask(prefix, { method: "POST", path, given: said }, createLocalClock());
  if (asked.ok) return ok(read(asked.value));
  if (asked.failure.code !== "no-agent") return asked;
  return await whileNoAgentRuns(prefix, command, ({ clock }) => {
    const book = new HoldBook({ prefix, clock, ended: () => {} });
    const done = byHand(book, clock, prefix);
    book.close();
    return Promise.resolve(done);
  });
}

async function ask(
  prefix: string,
  question: { readonly method: "GET" | "POST"; readonly path: string; readonly given?: object },
  clock: Clock,
): Promise<Result<unknown>> {
  const asked = await askAgent(prefix, question, clock);
  if (!asked.ok) return asked;
  return await objectOf(asked.value, {
    clock,
    hint: "say it again; mgmt hold without a resource says what is held",
  });
}

function chosen(words: readonly string[] | undefined): object {
  return words === undefined ? { all: true } : { resources: words };
}

/** Nobody is there who knows the graph: a whole key says what is meant, or what was written down of it. */
function keysByHand(
  words: readonly string[] | undefined,
  prefix: string,
): Result<readonly string[]> {
  if (words === undefined) return ok([ALL]);
  const keys: string[] = [];
  const managed = managedNamed(prefix);
  for (const word of words) {
    const key = word.charAt(0).toLowerCase() + word.slice(1);
    const found = /^[a-z]+\[[^]+\]$/.test(key) ? ok(key) : meantKey(word, managed);
    if (!found.ok) {
      if (found.failure.code !== "unknown-resource") return found;
      return fail(`no agent runs that would know "${word}"`, {
        code: "unknown-resource",
        hint: "name it with its kind, for instance file[/etc/motd]",
      });
    }
    keys.push(found.value);
  }
  return ok(keys);
}

function listOf(answer: unknown, name: string): readonly unknown[] {
  const list = isJsonObject(answer) ? answer[name] : undefined;
  return Array.isArray(list) ? list : [];
}

function heldOf(answer: unknown): readonly HeldResource[] {
  return listOf(answer, "held").filter(isHeldResource) as readonly HeldResource[];
}

function heldText(held: readonly HeldResource[], asJson: boolean): string {
  if (asJson) return JSON.stringify({ version: 1, type: "held", held }) + "\n";
  if (held.length === 0) return "nothing is held\n";
  return held.map(({ key, ...one }) => `${whatOf(key)}: held ${holdText(one)}\n`).join("");
}

function whatOf(key: string): string {
  return key === ALL ? "all resources" : label(key);
}

/** Who is at the keyboard, as far as that is said. */
export function authorOf({ environment }: PlaceFlags): string {
  return environment("SUDO_USER") ?? readAccounts().userName(ownUid()) ?? `${ownUid()}`;
}
