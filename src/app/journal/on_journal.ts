/**
 * What commands read in the journal, as one piece that is loaded when it is needed.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../../base/json.ts";
import { printable } from "../../base/printable.ts";
import { type Failure, ok, type Result } from "../../base/result.ts";
import { openToRead, sqliteFailure } from "../../journal/database.ts";
import { CHANGES } from "../../journal/entry.ts";
import { diffObject, historyObject, whyObject } from "../../journal/objects.ts";
import { type HistoryQuery, JournalReader } from "../../journal/reader.ts";
import { diffText, historyText, whyText } from "../../journal/text.ts";
import { explain, type WhyChain } from "../../journal/why.ts";
import { label } from "../../base/words.ts";
import { otherOwner, rootsStateHint } from "../whose_state.ts";
import { failureOf } from "../../control/answers.ts";
import { momentMs, type PastMoment } from "../../base/moment.ts";
import type { Clock } from "../../os/clock.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { askSocket } from "../../os/network/socket_client.ts";
import { holderHasEnded, holderIsNew } from "../../os/state/state_lock.ts";
import { agentPrefix, type PlaceFlags } from "../agent_prefix.ts";
import { WHY_HIDDEN } from "../../resources/shared/files/private.ts";
import { controlSocketPath } from "../control/socket_places.ts";
import { differenceFromCopies } from "./copies.ts";
import { journalPath } from "./journal_path.ts";
import { meant } from "./meant.ts";
import { readResourceNow, type ResourceNow } from "./now_answer.ts";
import { nowLines } from "./now_text.ts";
import { nothingDone, sinceBegin } from "./nothing_done.ts";

/** What a command that reads the journal is asked for. */
export interface HistoryQuestion extends Pick<PlaceFlags, "flags"> {
  /** As the user wrote it. */
  readonly resource?: string | undefined;
  /** Whether the answer is an object for programs. */
  readonly asJson: boolean;
}

/** For an agent to write what has just happened, and for one that has just begun to open its socket. */
const WRITE_WAIT_MS = 3000;
const LOOK_MS = 50;

/** What happened. */
export async function history(
  question: HistoryQuestion,
  { since, ...query }: Omit<HistoryQuery, "key" | "sinceMs"> & {
    readonly since?: PastMoment | undefined;
  },
): Promise<Result<string>> {
  return await withJournal(question, (reader, clock, prefix) => {
    const { resource } = question;
    const key = resource === undefined ? undefined : meant(resource, reader, prefix);
    if (key?.ok === false) return key;
    const found = reader.history({
      ...query,
      ...(key === undefined ? {} : { key: key.value }),
      ...(since === undefined ? {} : { sinceMs: momentMs(since, clock.wall().getTime()) }),
    });
    return ok(question.asJson ? json(historyObject(found)) : historyText(found));
  });
}

/** Why the last action on a resource was done, and how it is now, where its agent runs. */
export async function why(question: HistoryQuestion): Promise<Result<string>> {
  const word = question.resource ?? "";
  const prefix = agentPrefix({ flags: question.flags });
  if (!prefix.ok) return prefix;
  const asked = await askQuietly(prefix.value, `/v1/resources/${encodeURIComponent(word)}`);
  const failure = failureOf(asked);
  if (failure?.code === "which") return { ok: false, failure };
  const told = isJsonObject(asked) && "key" in asked ? readResourceNow(asked) : undefined;
  if (told?.ok === false) return told;
  const now = told?.value;
  const found = await withJournal(question, (reader) => {
    const key = now === undefined ? meant(word, reader, prefix.value) : ok(now.key);
    if (!key.ok) return unknown({ ...failure, ...key.failure }, reader);
    const explained = explain(reader, key.value);
    if (now === undefined && explained.chain.length === 0) return nothingDone(key.value, reader);
    return ok(question.asJson ? whyJson(explained, now) : whyLines(explained, now, reader));
  });
  if (found.ok || now === undefined || found.failure.code !== "none") return found;
  const nothing = { key: now.key, chain: [] };
  return ok(question.asJson ? whyJson(nothing, now) : whyLines(nothing, now));
}

function whyJson(explained: WhyChain, now: ResourceNow | undefined): string {
  return json({ ...whyObject(explained), ...(now === undefined ? {} : { now }) });
}

function whyLines(
  explained: WhyChain,
  now: ResourceNow | undefined,
  reader?: JournalReader,
): string {
  if (now === undefined) return whyText(explained);
  const isAlone = explained.chain.length === 0;
  const lines = [...nowLines(now, isAlone)];
  if (isAlone && reader !== undefined) {
    lines.push(`nothing was done to ${label(now.key)}${sinceBegin(reader)}`);
  }
  return lines.map((line) => `${line}\n`).join("") + whyText(explained);
}

/** What the last change of a resource, or the last one at a time, was. */
export async function diff(
  question: HistoryQuestion,
  at: PastMoment | undefined,
): Promise<Result<string>> {
  return await withJournal(question, (reader, clock, prefix) => {
    const key = meant(question.resource ?? "", reader, prefix);
    if (!key.ok) return unknown(key.failure, reader);
    const untilMs = at === undefined ? {} : { untilMs: momentMs(at, clock.wall().getTime()) };
    const entry = reader.last(key.value, { types: CHANGES, ...untilMs });
    if (entry === undefined) return nothingDone(key.value, reader);
    const lines = entry.difference ?? [];
    // An object goes to programs, and on to who knows whom.
    if (question.asJson) return ok(json(diffObject(entry, lines)));
    const copied = isHidden(lines) ? differenceFromCopies(prefix, entry) ?? [] : [];
    return ok(diffText(entry, [...lines, ...copied]));
  });
}

/** Whether sizes and hashes stand for what not everybody may read. */
function isHidden([first = ""]: readonly string[]): boolean {
  return first.startsWith(`(not shown, as ${WHY_HIDDEN.private}`);
}

async function withJournal(
  { flags }: HistoryQuestion,
  read: (reader: JournalReader, clock: Clock, prefix: string) => Result<string>,
): Promise<Result<string>> {
  const prefix = agentPrefix({ flags });
  if (!prefix.ok) return prefix;
  const clock = createLocalClock();
  await haveItWritten(prefix.value, clock);
  const path = journalPath(prefix.value);
  const opened = openToRead(path);
  if (!opened.ok) return { ok: false, failure: openFailure(opened.failure, prefix.value) };
  try {
    return read(new JournalReader(opened.value), clock, prefix.value);
  } catch (thrown) {
    return { ok: false, failure: sqliteFailure(path, thrown) };
  } finally {
    opened.value.close();
  }
}

/** A running agent writes what happened a moment ago; where none answers, what is written counts. */
async function haveItWritten(prefix: string, clock: Clock): Promise<void> {
  await askQuietly(prefix, "/v1/history", { limit: 0 }, clock);
}

/** What a running agent answers, a refusal too; undefined: none does. */
async function askQuietly(
  prefix: string,
  path: string,
  given?: object,
  clock: Clock = createLocalClock(),
): Promise<unknown> {
  if (holderHasEnded(prefix)) return undefined;
  const late = new AbortController();
  const timer = clock.after(WRITE_WAIT_MS, () => late.abort());
  const question = {
    socket: controlSocketPath(prefix),
    method: "GET",
    path,
    body: given === undefined ? "" : JSON.stringify(given),
    signal: late.signal,
  } as const;
  try {
    let asked = await askSocket(question);
    while (!asked.ok && asked.failure.code === "nobody" && !late.signal.aborted) {
      if (!holderIsNew(prefix, WRITE_WAIT_MS, clock)) break;
      await clock.sleep(LOOK_MS, late.signal);
      asked = await askSocket(question);
    }
    if (!asked.ok) return undefined;
    using answer = asked.value;
    return parseJson(await answer.line());
  } finally {
    timer.cancel();
  }
}

/** Why a journal cannot be read, for who named no prefix. */
export function openFailure(failure: Failure, prefix: string): Failure {
  const other = failure.code === "forbidden" ? otherOwner(prefix) : undefined;
  if (other !== undefined) {
    const message = `the journal in ${printable(prefix)} cannot be read: ${other.text}`;
    return { ...failure, message, hint: other.hint };
  }
  if (failure.code !== "none") return failure;
  return {
    ...failure,
    message: `nothing is known: no run with ${printable(prefix)} has written a journal`,
    hint: rootsStateHint(prefix) ??
      "name another agent with --prefix or --hostname; runs with --noop or --tmp-prefix write none",
  };
}

function unknown(failure: Failure, reader: JournalReader): Result<never> {
  return { ok: false, failure: { ...failure, message: `${failure.message}${sinceBegin(reader)}` } };
}

function json(object: object): string {
  return `${JSON.stringify(object)}\n`;
}
