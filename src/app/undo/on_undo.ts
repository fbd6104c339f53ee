/**
 * `mgmt undo` and `mgmt restore`: changes are taken back by the running agent, or, where none runs, by
 * the command itself, which then holds for the next agent what it took back.
 *
 * @module
 */

import { momentMs, type PastMoment } from "../../base/moment.ts";
import { eitherNamed, type NamedResources } from "../../base/resource_word.ts";
import { ok, type Result } from "../../base/result.ts";
import { type UndoChoice, undoGiven, type UndoReport, type UndoWish } from "../../control/undo.ts";
import { openToRead } from "../../journal/database.ts";
import { JournalReader } from "../../journal/reader.ts";
import { JournalWriter } from "../../journal/writer.ts";
import type { LocalHost } from "../../host/local.ts";
import type { Clock } from "../../os/clock.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { readUndoReport } from "./undo_answer.ts";
import { undoJson, undoText } from "./undo_text.ts";
import { ReversalStore } from "../reverse/reversal_store.ts";
import { agentPrefix, type PlaceFlags } from "../agent_prefix.ts";
import { askAgent, objectOf } from "../control/ask_agent.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { managedNamed } from "../managed/named.ts";
import { HoldBook } from "../holds/hold_book.ts";
import { authorOf } from "../holds/on_holds.ts";
import { journalPath } from "../journal/journal_path.ts";
import { openFailure } from "../journal/on_journal.ts";
import { whileNoAgentRuns } from "../offline.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import { SecretPaths } from "../secrets/secret_paths.ts";
import { targetsOf, type UndoTarget } from "./choose.ts";
import { undoContext } from "./undo_context.ts";
import { managersBelow } from "./managers.ts";
import { takeBack, type UndoHands } from "./take_back.ts";

/** What a command line asks for. */
export interface UndoQuestion extends Omit<UndoWish, "author" | "choice"> {
  readonly choice:
    | { readonly change: number }
    | { readonly since: PastMoment }
    | { readonly resource: string; readonly at: PastMoment | undefined };
  readonly asJson: boolean;
}

/** What was said, and whether all of it could be done. */
export interface UndoAnswer {
  readonly text: string;
  readonly isWhole: boolean;
}

/** How long a running agent may take for it. */
const ANSWER_MS = 600_000;

/** Takes changes back; the result is what is said of it. */
export async function undo(
  given: PlaceFlags,
  { choice, asJson, ...how }: UndoQuestion,
): Promise<Result<UndoAnswer>> {
  const found = agentPrefix(given);
  if (!found.ok) return found;
  const prefix = found.value;
  const unsafe = await unsafePrefix(prefix, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const clock = createLocalClock();
  const wish = { ...how, choice: choiceOf(choice, clock), author: authorOf(given) };
  const done = await byAgentOrHand(prefix, wish, clock);
  if (!done.ok) return done;
  const isWhole = done.value.resources.every(({ status }) =>
    status === "undone" || status === "due" || status === "already"
  );
  return ok({ text: asJson ? undoJson(done.value) : undoText(done.value), isWhole });
}

function choiceOf(choice: UndoQuestion["choice"], clock: Clock): UndoChoice {
  const nowMs = clock.wall().getTime();
  if ("change" in choice) return { by: "change", change: choice.change };
  if ("since" in choice) return { by: "since", sinceMs: momentMs(choice.since, nowMs) };
  const { resource, at } = choice;
  return {
    by: "resource",
    word: resource,
    ...(at === undefined ? {} : { atMs: momentMs(at, nowMs) }),
  };
}

async function byAgentOrHand(
  prefix: string,
  wish: UndoWish,
  clock: Clock,
): Promise<Result<UndoReport>> {
  const asked = await askAgent(prefix, {
    method: "POST",
    path: "/v1/undo",
    given: undoGiven(wish),
    answerMs: ANSWER_MS,
  }, clock);
  if (!asked.ok) return asked.failure.code === "no-agent" ? await byHand(prefix, wish) : asked;
  const hint = "say it again: what is taken back already stays so; mgmt history says what was";
  const said = await objectOf(asked.value, { clock, hint });
  return said.ok ? readUndoReport(said.value) : said;
}

/** Does it in the place of the agent that does not run. */
async function byHand(prefix: string, wish: UndoWish): Promise<Result<UndoReport>> {
  const path = journalPath(prefix);
  const there = openToRead(path);
  if (!there.ok) return { ok: false, failure: openFailure(there.failure, prefix) };
  there.value.close();
  return await whileNoAgentRuns(prefix, "mgmt undo", async (host) => {
    // What a run or an undo that was killed has left half written.
    const recovered = await host.files.recover();
    if (!recovered.ok) return recovered;
    const opened = JournalWriter.open(path, undefined);
    if (!opened.ok) return opened;
    const writer = opened.value;
    const book = new HoldBook({ prefix, clock: host.clock, ended: () => {} });
    try {
      const reader = new JournalReader(writer.database);
      const managed = managedNamed(prefix);
      const targets = targetsOf(wish, reader, eitherNamed(reader.named(), managed));
      if (!targets.ok) return targets;
      const hands = handsOf(host, { prefix, managed, writer, reader, book });
      return await takeBack(targets.value, wish, hands);
    } finally {
      book.close();
      await writer.close();
    }
  }, { keeps: true });
}

function handsOf(
  host: LocalHost,
  { prefix, managed, writer, reader, book }: {
    readonly prefix: string;
    readonly managed: NamedResources;
    readonly writer: JournalWriter;
    readonly reader: JournalReader;
    readonly book: HoldBook;
  },
): UndoHands {
  const secretPaths = new SecretPaths(prefix);
  const refreshes = ({ key, changes }: UndoTarget) =>
    reader.refreshedFor(key, Math.min(...changes));
  const reversals = new ReversalStore(prefix, host.files);
  return {
    byAgent: false,
    hasSecret: (name) => secretPaths.known().has(name),
    context: undoContext(host, new AbortController().signal, () => {}),
    nowMs: () => host.clock.wall().getTime(),
    note: (entries) =>
      Promise.resolve(writer.write(
        entries.filter(({ id }) => id === undefined),
        entries.filter(({ id }) => id !== undefined),
      )),
    hold: (keys, hold) => book.placeAtLeast(keys, hold),
    holders: (target) => managersBelow(managed, target),
    taken: (key, things) => Promise.resolve(void reversals.takenBack(key, things)),
    begin: () => Promise.resolve(undefined),
    // Nobody is there who could do it: who asks is told.
    undone: refreshes,
    refreshes,
  };
}
