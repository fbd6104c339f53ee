/**
 * Takes an operator's word to hold resources, or to let go of them.
 *
 * @module
 */

import { nearest } from "../../base/nearest.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { label } from "../../base/words.ts";
import type { HeldResource, HoldWish, ReleaseWish } from "../../control/holds.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Clock } from "../../os/clock.ts";
import { keyAbout } from "../managed/named.ts";
import type { HoldBook } from "./hold_book.ts";
import { ALL } from "./hold_file.ts";

/** Names in a message. */
const NAMED = 5;

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
    for (const word of words) {
      const key = this.#keyOf(word, held);
      if (!key.ok) {
        return fail(`${said(word)} is not held`, {
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
    for (const word of words) {
      const key = this.#keyOf(word, this.#engine.graph.vertices.keys());
      if (!key.ok) return key;
      keys.push(key.value);
    }
    return ok(keys);
  }

  #keyOf(word: string, keys: Iterable<string>): Result<string> {
    const all = [...keys];
    const named = keyOf(word, all);
    if (named.ok || named.failure.code !== "unknown-resource") return named;
    const about = [...this.#engine.graph.vertices.values()]
      .map(({ key, kind, params }) => ({ key, identity: kind.identity(params) }));
    return keyAbout(word, about.filter(({ key }) => all.includes(key))) ?? named;
  }
}

/** The key that a word means: `file[/x]`, `File[/x]`, or a name alone that only one has. */
function keyOf(word: string, all: readonly string[]): Result<string> {
  const key = word.charAt(0).toLowerCase() + word.slice(1);
  if (all.includes(key)) return ok(key);
  const named = all.filter((each) => each.endsWith(`[${word}]`));
  const [first] = named;
  if (first !== undefined && named.length === 1) return ok(first);
  if (named.length > 1) {
    return fail(`which ${word}? There are ${named.slice(0, NAMED).map(label).join(", ")}`, {
      code: "which",
    });
  }
  const near = nearest(key, all);
  return fail(`the graph has no resource ${said(word)}`, {
    code: "unknown-resource",
    ...(near === undefined ? {} : { hint: `did you mean ${label(near)}?` }),
  });
}

/** A key as messages have it; another word as it was said. */
function said(word: string): string {
  return word.includes("[") ? label(word) : word;
}
