/**
 * Takes changes back in a running agent: with its hands off what it touches, and so that those who were
 * to hear of the change hear of this one.
 *
 * @module
 */

import { fail, type Failure, type Result } from "../../base/result.ts";
import { eitherNamed } from "../../base/resource_word.ts";
import { label } from "../../base/words.ts";
import type { UndoReport, UndoWish } from "../../control/undo.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Host } from "../../host/host.ts";
import { JournalReader } from "../../journal/reader.ts";
import type { Recorder } from "../../journal/recorder.ts";
import type { Reporter } from "../../report/event.ts";
import type { HoldBook } from "../holds/hold_book.ts";
import type { ReversePart } from "../reverse/reverse_part.ts";
import { graphNamed, managedNamed } from "../managed/named.ts";
import { targetsOf, type UndoTarget } from "./choose.ts";
import { SecretPaths } from "../secrets/secret_paths.ts";
import { managersIn } from "./managers.ts";
import { undoContext } from "./undo_context.ts";
import { takeBack, type UndoHands } from "./take_back.ts";

/** What a desk works with. */
export interface UndoDeskParts {
  readonly host: Host;
  readonly engine: Pick<Engine, "graph" | "beginUndo" | "ending" | "undone" | "notified">;
  readonly book: HoldBook;
  readonly reporter: Reporter;
  readonly prefix: string;
  readonly reverse: Pick<ReversePart, "takenBack">;
  /** Undefined: it keeps none. */
  readonly journal: Recorder | undefined;
}

/** Answers for one agent, one wish after the other. */
export class UndoDesk {
  readonly #parts: UndoDeskParts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: UndoDeskParts) {
    this.#parts = parts;
  }

  /** Takes back what is wished for. */
  undo(wish: UndoWish): Promise<Result<UndoReport>> {
    const turn = this.#turn.then(() => this.#undo(wish));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  async #undo(wish: UndoWish): Promise<Result<UndoReport>> {
    const { engine, journal, prefix } = this.#parts;
    if (engine.ending.aborted) return fail("the agent is about to end", { code: "stopping" });
    if (journal === undefined) return fail("this agent keeps no journal", { code: "no-journal" });
    const writer = await journal.written();
    if (!writer.ok) return writer;
    const reader = new JournalReader(writer.value.database);
    // What has just come is not written down yet as managed.
    const inGraph = eitherNamed(graphNamed(engine.graph), managedNamed(prefix));
    const targets = targetsOf(wish, reader, eitherNamed(reader.named(), inGraph));
    if (!targets.ok) return targets;
    return await takeBack(targets.value, wish, this.#hands(journal, wish));
  }

  #hands(journal: Recorder, { author }: UndoWish): UndoHands {
    const { host, engine, book, reporter, reverse, prefix } = this.#parts;
    const refreshes = (target: UndoTarget) =>
      this.#keysOf(target).flatMap((key) => engine.notified(key));
    return {
      byAgent: true,
      hasSecret: (name) => new SecretPaths(prefix).known().has(name),
      context: undoContext(
        host,
        engine.ending,
        (text) => reporter.event({ type: "warning", text }),
      ),
      nowMs: () => host.clock.wall().getTime(),
      note: (entries) => journal.note(entries),
      holders: (target) => this.#keysOf(target),
      hold: (keys, hold) => book.placeAtLeast(keys, hold),
      begin: async (target): Promise<Failure | undefined> => {
        for (const key of this.#keysOf(target)) {
          const problem = await engine.beginUndo(key);
          if (problem !== undefined) return problem;
        }
        return undefined;
      },
      undone: (target) => {
        const text = `${label(target.key)}: taken back by ${author}, and held`;
        reporter.event({ type: "notice", topic: "Undo", text });
        for (const key of this.#keysOf(target)) engine.undone(key, author);
        return refreshes(target);
      },
      refreshes,
      taken: (key, things) => reverse.takenBack(key, things),
    };
  }

  /** Its own resource, and those of the graph that decide the same things by now. */
  #keysOf(target: UndoTarget): readonly string[] {
    return managersIn(this.#parts.engine.graph, target);
  }
}
