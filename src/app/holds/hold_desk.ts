/**
 * Takes an operator's word to hold resources, or to let go of them.
 *
 * @module
 */

import {
  meantKey,
  type NamedResources,
  namedResources,
  saidWord,
} from "../../base/resource_word.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { HeldResource, HoldWish, ReleaseWish } from "../../control/holds.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Clock } from "../../os/clock.ts";
import { graphNamed } from "../managed/named.ts";
import type { HoldBook } from "./hold_book.ts";
import { ALL } from "./hold_file.ts";

/** Answers for one agent. */
export class HoldDesk {
  readonly #book: HoldBook;
  readonly #engine: Pick<Engine, "graph" | "lookAt">;
  readonly #clock: Pick<Clock, "wall">;

  constructor(
    book: HoldBook,
    engine: Pick<Engine, "graph" | "lookAt">,
    clock: Pick<Clock, "wall">,
  ) {
    this.#book = book;
    this.#engine = engine;
    this.#clock = clock;
  }

  /** All that is held. */
  list(): readonly HeldResource[] {
    return [...this.#book.list()].map(([key, hold]) => ({ key, ...hold }));
  }

  /** Holds what these words mean; all or none. */
  hold({ words, reason, author, forMs }: HoldWish): Result<readonly HeldResource[]> {
    const keys = this.#keysOf(words);
    if (!keys.ok) return keys;
    const sinceMs = this.#clock.wall().getTime();
    const hold = { reason, author, sinceMs, untilMs: sinceMs + forMs };
    const placed = this.#book.place(keys.value, hold);
    if (!placed.ok) return placed;
    // What was tried again and again rests now.
    this.#engine.lookAt(keys.value);
    return ok(keys.value.map((key) => ({ key, ...hold })));
  }

  /** Lets go of what these words mean. */
  release({ words }: ReleaseWish): Result<readonly string[]> {
    const held = [...this.#book.list().keys()];
    if (words === undefined) return this.#book.release(held);
    const keys: string[] = [];
    // What is held may have left the graph, or be in it and not held.
    const graph = graphNamed(this.#engine.graph);
    const isHeld = (found: readonly string[]) => found.filter((key) => held.includes(key));
    const among = {
      ...namedResources(() => held.map((key) => ({ key }))),
      about: (what: string) => isHeld(graph.about(what)),
    };
    for (const word of words) {
      const key = this.#keyOf(word, among);
      if (!key.ok) {
        return fail(`${saidWord(word)} is not held`, {
          code: "not-held",
          hint: "mgmt hold without a resource says what is",
        });
      }
      keys.push(key.value);
    }
    return this.#book.release(keys);
  }

  #keysOf(words: readonly string[] | undefined): Result<readonly string[]> {
    if (words === undefined) return ok([ALL]);
    const keys: string[] = [];
    const graph = graphNamed(this.#engine.graph);
    for (const word of words) {
      const key = this.#keyOf(word, graph);
      if (!key.ok) return key;
      keys.push(key.value);
    }
    return ok(keys);
  }

  #keyOf(word: string, among: NamedResources): Result<string> {
    return meantKey(word, among, (said) => `the graph has no resource ${said}`);
  }
}
