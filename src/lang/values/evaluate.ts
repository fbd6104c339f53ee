/**
 * From documents with values in them to documents without: what a graph says on this host. A document
 * that has no `values:` is left as it is, but for resources that are for other hosts.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import type { InputReading } from "../../base/input.ts";
import { isMap } from "../describe.ts";
import type { DocumentPart, GraphDocument, Locate, WrittenNumbers } from "../document.ts";
import { Mistakes } from "../mistakes.ts";
import type { Path } from "../path.ts";
import { readLayers, type ValueFile } from "./layers.ts";
import { LeftOutResources } from "./left_out.ts";
import { ValueScope } from "./scope.ts";
import type { ValueInputs } from "./input_values.ts";
import { Substitution, type SubstitutionScope } from "./substitution.ts";
import { EntryShifts, ValuePlaces } from "./value_places.ts";
import { hasWhen, isMeant } from "./when.ts";

/** What evaluating needs besides the documents. */
export interface ValueSurroundings {
  /**
   * Opens what values can be read from, and begins a reading; only called where there is something to
   * evaluate, and once more where something of it is known only now.
   */
  readonly open: () => Promise<ValueInputs>;
  /** Reads a file of values by the name that a graph has for it. */
  readonly file: (name: string) => Promise<ValueFile>;
}

type WrittenMap = Readonly<Record<string, unknown>>;
/** Puts values into a part of a document. */
type FillValues = (value: unknown, path: Path) => unknown;

/** A document whose resources have their values. */
interface BegunDocument {
  readonly document: GraphDocument;
  /** What it says, without its values; undefined: it is no map. */
  readonly rest?: WrittenMap;
  readonly fill: FillValues;
  /** Whether it is another one than before. */
  readonly isFilled: boolean;
  readonly shifts: EntryShifts;
}

/** Whether there is something to evaluate in a document. */
export function isEvaluated({ value }: Pick<GraphDocument, "value">): boolean {
  return isMap(value) && (hasValues(value) || asksForLabels(value));
}

function hasValues(value: unknown): boolean {
  return isMap(value) && Object.hasOwn(value, "values");
}

function asksForLabels({ resources }: WrittenMap): boolean {
  return isMap(resources) &&
    Object.values(resources).some((list) => Array.isArray(list) && list.some(hasWhen));
}

/** Evaluates the documents of a graph, which share their values; mistakes come with them. */
export async function evaluate(
  parts: readonly DocumentPart[],
  { open, file }: ValueSurroundings,
): Promise<readonly DocumentPart[]> {
  if (!parts.some(({ document }) => isEvaluated(document))) return parts;
  let inputs = await open();
  let { evaluation, documents } = await evaluateOnce(parts, inputs, file);
  for (let round = 1; round < ROUNDS && await inputs.learn?.(); round++) {
    inputs = await open();
    ({ evaluation, documents } = await evaluateOnce(parts, inputs, file));
  }
  const diagnostics = await evaluation.diagnostics();
  return parts.map((part, index) => {
    const mistakes = [...part.document.mistakes ?? [], ...diagnostics[index] ?? []];
    const document = documents[index]!;
    return { ...part, document: mistakes.length === 0 ? document : { ...document, mistakes } };
  });
}

/** What is asked for may hang on what was learned before: a file by its name, a resource by its label. */
const ROUNDS = 10;

async function evaluateOnce(
  parts: readonly DocumentPart[],
  inputs: ValueInputs,
  file: ValueSurroundings["file"],
) {
  const evaluation = new ValueEvaluation(parts, inputs);
  await evaluation.readValues(file);
  return { evaluation, documents: evaluation.documents() };
}

class ValueEvaluation {
  readonly #parts: readonly DocumentPart[];
  readonly #places = new ValuePlaces();
  readonly #inputs: ValueInputs;
  readonly #scope = new ValueScope();
  /** The graph's own, and then those of files of values. */
  readonly #documents: DocumentPart[];
  readonly #mistakes: Mistakes[] = [];
  readonly #others: Diagnostic[] = [];
  readonly #substitution: Substitution;
  readonly #leftOut = new LeftOutResources();

  constructor(parts: readonly DocumentPart[], inputs: ValueInputs) {
    this.#parts = parts;
    const known = new Map<string, InputReading>();
    this.#inputs = {
      ...inputs,
      // Each is asked for once, however many resources do.
      read: (path) => {
        const name = path.join("\0");
        const reading = known.get(name) ?? inputs.read(path);
        known.set(name, reading);
        return reading;
      },
    };
    this.#documents = [...parts];
    this.#substitution = this.#newSubstitution();
  }

  async readValues(file: ValueSurroundings["file"]): Promise<void> {
    for (const [index, { document }] of this.#parts.entries()) {
      if (!hasValues(document.value)) continue;
      await readLayers(index, document, {
        scope: this.#scope,
        documents: this.#documents,
        taken: this.#inputs.families,
        file,
        // What comes later may change what a name stands for, so nothing of it is kept.
        fill: (text, path) => this.#newSubstitution().text(text, path, this.#how(index)),
        report: (document, path, problem) => this.#report(document, path, problem),
        diagnose: (diagnostics) => void this.#others.push(...diagnostics),
      });
    }
    this.#places.set(this.#scope.places(), this.#documents);
  }

  /** The documents with the values in them. */
  documents(): readonly GraphDocument[] {
    const begun = this.#parts.map((_part, index) => this.#begin(index));
    return begun.map(({ document, rest, fill, isFilled, shifts }) => {
      if (rest === undefined) return document;
      const edges = this.#edges(rest.edges, fill, shifts);
      if (!isFilled && edges === rest.edges) return document;
      const written = this.#substitution.written;
      return {
        ...document,
        value: {
          ...rest,
          ...(Object.hasOwn(rest, "edges") && { edges }),
          ...(Object.hasOwn(rest, "collect") && { collect: fill(rest.collect, ["collect"]) }),
        },
        ...(document.written && { written: joined(document.written, written) }),
        texts: this.#substitution.texts,
        locate: this.#places.locating(document.locate, shifts),
      };
    });
  }

  /** Resources come first, of all documents: edges go from one to the other. */
  #begin(index: number): BegunDocument {
    const { document } = this.#parts[index]!;
    const shifts = new EntryShifts();
    const same = { document, shifts, fill: (value: unknown) => value, isFilled: false };
    if (!isMap(document.value)) return same;
    if (!isEvaluated(document)) {
      this.#leftOut.keep(document.value.resources);
      return { ...same, rest: document.value };
    }
    const { values: _values, ...rest } = document.value;
    const how = this.#how(index);
    const hasNames = hasValues(document.value);
    const fill = (value: unknown, path: Path) =>
      hasNames ? this.#substitution.apply(value, path, how) : value;
    const resources = this.#resources(rest.resources, { fill, hasNames, how, shifts });
    this.#leftOut.keep(resources);
    const filled = { ...rest, ...(Object.hasOwn(rest, "resources") && { resources }) };
    return { document, rest: filled, fill, shifts, isFilled: true };
  }

  /** What is wrong, by the documents of the graph; what is wrong with a file comes with the first. */
  async diagnostics(): Promise<readonly (readonly Diagnostic[])[]> {
    const found = await Promise.all(this.#documents.map(async ({ file, path, document }, index) => {
      const mistakes = this.#mistakes[index];
      const locate: Locate = async (where, part) => {
        const spot = await document.locate(where, part);
        return spot && { ...spot, file: spot.file ?? file, path: spot.path ?? path };
      };
      return mistakes === undefined ? [] : await mistakes.diagnostics(file, locate);
    }));
    const own = found.slice(0, this.#parts.length);
    const elsewhere = [...this.#others, ...found.slice(this.#parts.length).flat()];
    return own.map((each, index) => index === 0 ? [...each, ...elsewhere] : each);
  }

  #resources(
    resources: unknown,
    { fill, hasNames, how, shifts }: {
      readonly fill: FillValues;
      readonly hasNames: boolean;
      readonly how: SubstitutionScope;
      readonly shifts: EntryShifts;
    },
  ): unknown {
    if (!isMap(resources)) return fill(resources, ["resources"]);
    const filled = Object.entries(resources).map(([kind, list]) => {
      const path = ["resources", kind];
      if (!Array.isArray(list)) return [kind, fill(list, path)] as const;
      const entries: unknown[] = [];
      const indexes: number[] = [];
      for (const [index, entry] of list.entries()) {
        const at = [...path, index];
        if (hasWhen(entry) && !this.#isMeant(entry, at, fill, how)) {
          this.#leftOut.add(kind, hasNames ? this.#nameOf(entry.name, at) : entry.name);
          continue;
        }
        const all = fill(this.#withoutWhen(entry, how), at);
        entries.push(all);
        indexes.push(index);
      }
      if (indexes.length < list.length) shifts.kind(kind, indexes);
      return [kind, entries] as const;
    });
    return Object.fromEntries(filled);
  }

  #isMeant(
    entry: WrittenMap,
    path: Path,
    fill: FillValues,
    { report }: SubstitutionScope,
  ): boolean {
    const at = [...path, "when"];
    return isMeant(fill(entry.when, at), at, this.#inputs, report);
  }

  #withoutWhen(entry: unknown, { numbers }: SubstitutionScope): unknown {
    return hasWhen(entry) ? this.#substitution.without(entry, "when", numbers) : entry;
  }

  /** The name of what is left out, whose values need not be there on this host. */
  #nameOf(name: unknown, path: Path): unknown {
    if (typeof name !== "string") return name;
    const silent = { numbers: undefined, report: () => {} };
    return this.#newSubstitution(true).text(name, path, silent);
  }

  /** Edges to what is left out go with it. */
  #edges(edges: unknown, fill: FillValues, shifts: EntryShifts): unknown {
    const filled = fill(edges, ["edges"]);
    if (!Array.isArray(filled) || !this.#leftOut.some) return filled;
    const indexes = filled.flatMap((edge, index) => this.#leftOut.has(edge) ? [] : [index]);
    if (indexes.length === filled.length) return filled;
    shifts.edges = indexes;
    return indexes.map((index) => filled[index]);
  }

  #how(index: number): SubstitutionScope {
    return {
      numbers: this.#parts[index]?.document.written,
      report: (path, problem) => this.#report(index, path, problem),
    };
  }

  #newSubstitution(silent = false): Substitution {
    return new Substitution(this.#scope, this.#inputs, ({ document, path }, problem) => {
      if (!silent) this.#report(document, path, problem);
    });
  }

  #report(
    document: number,
    path: Path,
    { message, hint }: { readonly message: string; readonly hint?: string | undefined },
  ): void {
    const mistakes = this.#mistakes[document] ??= new Mistakes();
    mistakes.error(path, message, hint === undefined ? {} : { hint });
  }
}

function joined(before: WrittenNumbers, more: WrittenNumbers): WrittenNumbers {
  return more.size === 0 ? before : new Map([...before, ...more]);
}
