/**
 * One evaluation: what the program has said so far, and what it has read.
 *
 * @module
 */

import type { JsonValue } from "../../base/input.ts";
import { LIMITS } from "../../base/limits.ts";
import type {
  EdgeEnd,
  FromChildAnswering,
  GraphPlaces,
  ModulePlace,
  ProgramGraph,
  ProgramMistake,
} from "../protocol.ts";
import type { InputSaying, ReadAspect, RecordedRead } from "../recorded_reads.ts";
import { MistakeError, mistakeHere } from "./mistake.ts";
import { withSecretNames } from "./secrets.ts";
import { callerHere, framesHere } from "./stack.ts";

/** Asks the agent what is said to a read; throws a {@linkcode MistakeError} where it is refused. */
export type Ask = (path: readonly string[], of: ReadAspect) => InputSaying;

/** Thrown where the program cannot go on without an input that is not known. */
class Suspension extends Error {}

type Suspended = Pick<
  Extract<FromChildAnswering, { type: "suspended" }>,
  "path" | "why" | "frames"
>;

/** Inputs that resources of the graph tell: to be known, they have to be in force. */
const TOLD_BY_RESOURCES = new Set(["output", "probe"]);

/** Mistakes of one evaluation; who goes on makes more of the same. */
const MISTAKES = 50;

/** What is gathered while a program runs. */
export class Evaluation {
  readonly #ask: Ask;
  readonly #known: ReadonlyMap<string, InputSaying>;
  readonly #withPlaces: boolean;
  readonly #resources: Record<string, Readonly<Record<string, JsonValue>>[]> = Object.create(null);
  readonly #edges: { from: EdgeEnd; to: EdgeEnd; notify?: boolean }[] = [];
  readonly #collect: Readonly<Record<string, JsonValue>>[] = [];
  readonly #placesOf = {
    resources: Object.create(null) as Record<string, (ModulePlace | undefined)[]>,
    edges: [] as { call?: ModulePlace; word: string }[],
    collect: [] as (ModulePlace | undefined)[],
  };
  readonly #reads = new Map<string, RecordedRead>();
  readonly #notes: string[] = [];
  readonly #mistakes: ProgramMistake[] = [];
  #suspended: Suspended | undefined;
  #count = 0;

  constructor(
    { ask, known, withPlaces }: {
      readonly ask: Ask;
      readonly known: readonly RecordedRead[];
      readonly withPlaces: boolean;
    },
  ) {
    this.#ask = ask;
    this.#known = new Map(known.map(({ path, of, said }) => [keyOfRead(path, of), said]));
    this.#withPlaces = withPlaces;
  }

  /** Reads an input, and remembers that; what is not known ends the evaluation. */
  read(path: readonly string[], of: ReadAspect): InputSaying & { readonly isKnown: true } {
    if (this.#suspended !== undefined) throw new Suspension(this.#suspended.why);
    const key = keyOfRead(path, of);
    let said = this.#reads.get(key)?.said;
    if (said === undefined) {
      if (this.#reads.size >= LIMITS.programReads) {
        throw this.stop(mistakeHere(`this reads more than ${LIMITS.programReads} inputs`));
      }
      said = this.#known.get(key) ?? this.#asked(path, of);
      this.#reads.set(key, { path, of, said });
    }
    if (said.isKnown) return said;
    this.#suspended ??= { path, why: said.why, frames: framesHere() };
    throw new Suspension(said.why);
  }

  /** What is refused is remembered, too: it may be given another time. */
  #asked(path: readonly string[], of: ReadAspect): InputSaying {
    try {
      return this.#ask(path, of);
    } catch (thrown) {
      if (!(thrown instanceof MistakeError)) throw thrown;
      const said = { isKnown: false, why: thrown.mistake.message } as const;
      this.#reads.set(keyOfRead(path, of), { path, of, said });
      throw this.stop(thrown);
    }
  }

  addResource(kind: string, entry: Readonly<Record<string, JsonValue>>): ModulePlace | undefined {
    // Who catches that does not know what it should.
    if (this.#suspended !== undefined) throw new Suspension(this.#suspended.why);
    if (++this.#count > LIMITS.vertices) {
      const message = `a graph has at most ${LIMITS.vertices} resources, and this makes more`;
      throw this.stop(mistakeHere(message));
    }
    (this.#resources[kind] ??= []).push(entry);
    const place = this.#placeHere();
    if (this.#withPlaces) (this.#placesOf.resources[kind] ??= []).push(place);
    return place;
  }

  addCollect(entry: Readonly<Record<string, JsonValue>>): number {
    if (this.#suspended !== undefined) throw new Suspension(this.#suspended.why);
    if (this.#collect.length >= LIMITS.vertices) {
      throw this.stop(mistakeHere("this has too many entries of collect"));
    }
    this.#collect.push(entry);
    if (this.#withPlaces) this.#placesOf.collect.push(this.#placeHere());
    return this.#collect.length - 1;
  }

  /** By what edges call an entry of `collect`: its own id, or this one, which it then gets. */
  identify(index: number, id: string): string {
    const { id: own, ...entry } = this.#collect[index] ?? {};
    if (typeof own === "string") return own;
    this.#collect[index] = { id, ...entry };
    return id;
  }

  addEdge(
    edge: { readonly from: EdgeEnd; readonly to: EdgeEnd; readonly notify: boolean },
    { word, call }: { readonly word: string; readonly call: ModulePlace | undefined },
  ): void {
    if (this.#edges.length >= LIMITS.edges) {
      throw this.stop(
        mistakeHere(`a graph has at most ${LIMITS.edges} edges, and this makes more`),
      );
    }
    const { from, to, notify } = edge;
    this.#edges.push(notify ? { from, to, notify } : { from, to });
    if (this.#withPlaces) this.#placesOf.edges.push(call === undefined ? { word } : { word, call });
  }

  #placeHere(): ModulePlace | undefined {
    return this.#withPlaces ? callerHere() : undefined;
  }

  note(text: string): void {
    if (this.#notes.length < LIMITS.programNotes) this.#notes.push(withSecretNames(text));
  }

  /** Something is wrong, and the program goes on, so that more can be found. */
  mistake(mistake: ProgramMistake): void {
    if (this.#mistakes.length < MISTAKES) this.#mistakes.push(mistake);
  }

  /** Something is wrong, and whoever catches it does not get past it. */
  stop(error: MistakeError): MistakeError {
    this.mistake(error.mistake);
    return error;
  }

  /** Something that is not known was read: nothing more can be said. */
  get isSuspended(): boolean {
    return this.#suspended !== undefined;
  }

  /** A program was ended by that, which may have been said already. */
  threw(mistake: ProgramMistake): void {
    if (!this.#mistakes.includes(mistake)) this.mistake(mistake);
  }

  /** What came of it. */
  answer(): FromChildAnswering {
    const told = { reads: [...this.#reads.values()], notes: this.#notes };
    const suspended = this.#suspended;
    const lacks = TOLD_BY_RESOURCES.has(suspended?.path[0] ?? "") ? suspended : undefined;
    if (suspended !== undefined && lacks === undefined) {
      return { type: "suspended", ...suspended, ...told };
    }
    if (this.#mistakes.length > 0) return { type: "mistakes", mistakes: this.#mistakes, ...told };
    const graph: ProgramGraph = {
      resources: this.#resources,
      edges: this.#edges,
      collect: this.#collect,
    };
    const places: GraphPlaces = this.#placesOf;
    return {
      type: "graph",
      graph,
      ...told,
      ...(this.#withPlaces && { places }),
      ...(lacks && { lacks }),
    };
  }
}

function keyOfRead(path: readonly string[], of: ReadAspect): string {
  return `${of}\0${path.join("\0")}`;
}
