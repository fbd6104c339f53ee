/**
 * What the agent and the child that evaluates a program say to each other, in lines of JSON. The agent asks, one
 * thing at a time; until the child has answered it may ask back, and waits for each answer.
 *
 * @module
 */

import type { JsonValue } from "../base/input.ts";
import type { InputSaying, ReadAspect, RecordedRead } from "./recorded_reads.ts";

/** The word by which this program is started as that child. */
export const CHILD_WORD = "__evaluate";

/** A place in a module: its absolute path, line and column from 1, in UTF-16 units. */
export interface ModulePlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** A call on the way to a place, the innermost first. */
export interface StackFrame extends ModulePlace {
  /** The function that was running, where it has a name. */
  readonly name?: string;
}

/** What is wrong with a program. */
export interface ProgramMistake {
  readonly message: string;
  readonly hint?: string;
  readonly frames: readonly StackFrame[];
  /** Below the call in the first frame: the field that it is about. */
  readonly within?: readonly (string | number)[];
  /** Characters that it is about, from the first frame on. */
  readonly length?: number;
}

/** A resource or an entry of `collect`, as an end of an edge. */
export type EdgeEnd =
  | { readonly kind: string; readonly name: string }
  | { readonly collect: string };

/** A graph as a program says it, in the form of a graph file. */
export interface ProgramGraph {
  readonly resources: Readonly<Record<string, readonly Readonly<Record<string, JsonValue>>[]>>;
  readonly edges: readonly {
    readonly from: EdgeEnd;
    readonly to: EdgeEnd;
    readonly notify?: boolean;
  }[];
  readonly collect: readonly Readonly<Record<string, JsonValue>>[];
}

/** Where each entry of a graph's lists was said. */
export interface GraphPlaces {
  readonly resources: Readonly<Record<string, readonly (ModulePlace | undefined)[]>>;
  readonly edges: readonly { readonly call?: ModulePlace; readonly word: string }[];
  readonly collect: readonly (ModulePlace | undefined)[];
}

/** What an evaluation said beside its graph. */
export interface EvaluationNotes {
  readonly reads: readonly RecordedRead[];
  /** What it wrote with `console.log`. */
  readonly notes: readonly string[];
}

/** A kind as a program has a function for it. */
export interface KindOfProgram {
  readonly kind: string;
  /** Fields of its own that are called like edges, and count as fields. */
  readonly fields: readonly string[];
  /** Its changes can be taken back. */
  readonly undoes?: boolean;
  /** They cannot, and leave something behind. */
  readonly stays?: boolean;
}

/** What the agent says. */
export type ToChild =
  | {
    readonly type: "load";
    /** The modules that are programs, absolute; together they make one graph. */
    readonly entries: readonly string[];
    /** The directory that all modules are in, absolute. */
    readonly root: string;
    readonly kinds: readonly KindOfProgram[];
  }
  | { readonly type: "module"; readonly text: string }
  | {
    readonly type: "evaluate";
    /** What is said now to what was read before, so that nobody has to ask. */
    readonly known: readonly RecordedRead[];
    readonly withPlaces: boolean;
  }
  /** There is nothing more to do for now; it is not answered. */
  | { readonly type: "rest" }
  | { readonly type: "said"; readonly said: InputSaying }
  /** To what the child asked: it cannot be given. */
  | { readonly type: "refused"; readonly message: string; readonly hint?: string };

/** What the child asks back. */
export type FromChildAsking =
  | { readonly type: "need"; readonly path: string }
  | { readonly type: "ask"; readonly path: readonly string[]; readonly of: ReadAspect };

/** What the child answers. */
export type FromChildAnswering =
  | { readonly type: "loaded" }
  | (EvaluationNotes & {
    readonly type: "graph";
    readonly graph: ProgramGraph;
    readonly places?: GraphPlaces;
    /** Keys of what is there only because the host is elected, and stays when it is not any more. */
    readonly bound?: readonly string[];
    /** It is only the beginning: what comes after needs what a resource of it has not told yet. */
    readonly lacks?: { readonly path: readonly string[]; readonly why: string };
  })
  /** It read what is not known yet. */
  | (EvaluationNotes & {
    readonly type: "suspended";
    readonly path: readonly string[];
    readonly why: string;
    /** Where it is read. */
    readonly frames: readonly StackFrame[];
  })
  | (EvaluationNotes & { readonly type: "mistakes"; readonly mistakes: readonly ProgramMistake[] });

type ToldEntry = Readonly<Record<string, JsonValue>>;

/** So many in a row of the entries that were told before, from one on. */
export type ToldRun = readonly [from: number, count: number];

/** Entries, and runs of such as were told before. */
export type ToldList<T extends object> = readonly (T | ToldRun)[];

/** A graph as it is told. */
export interface ToldGraph {
  readonly resources: Readonly<Record<string, ToldList<ToldEntry>>>;
  readonly edges: ToldList<ProgramGraph["edges"][number]>;
  readonly collect: ToldList<ToldEntry>;
}

/** A graph of which only what is new is told; who hears it makes an answer of it. */
export type FromChildTelling =
  & Omit<Extract<FromChildAnswering, { type: "graph" }>, "type" | "graph" | "places">
  & { readonly type: "told"; readonly told: ToldGraph };

/** Whatever the child says. */
export type FromChild = FromChildAsking | FromChildAnswering | FromChildTelling;
