/**
 * From documents with values in them to documents without: what a graph says on this host. A document
 * that has no `values:` is left as it is, but for resources that are for other hosts.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import { keyOf } from "../../kind/resource.ts";
import { isMap } from "../describe.ts";
import type { DocumentPart, GraphDocument, Locate, WrittenNumbers } from "../document.ts";
import { Mistakes } from "../mistakes.ts";
import type { Path } from "../path.ts";
import { readLayers, type ValueFile } from "./layers.ts";
import { type ValuePlace, ValueScope } from "./scope.ts";
import type { ValueInputs } from "./input_values.ts";
import { Substitution, type SubstitutionScope } from "./substitution.ts";
import { namesIn } from "./template.ts";
import { endKey, hasWhen, isMeant } from "./when.ts";

/** What evaluating needs besides the documents. */
export interface ValueSurroundings {
  /** Opens what values can be read from; only called where there is something to evaluate. */
  readonly open: () => Promise<ValueInputs>;
  /** Reads a file of values by the name that a graph has for it. */
  readonly file: (name: string) => Promise<ValueFile>;
}

type WrittenMap = Readonly<Record<string, unknown>>;

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
  const evaluation = new ValueEvaluation(parts, await open());
  await evaluation.readValues(file);
  const documents = parts.map((_part, index) => evaluation.document(index));
  const diagnostics = await evaluation.diagnostics();
  return parts.map((part, index) => {
    const mistakes = [...part.document.mistakes ?? [], ...diagnostics[index] ?? []];
    const document = documents[index]!;
    return { ...part, document: mistakes.length === 0 ? document : { ...document, mistakes } };
  });
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

  constructor(parts: readonly DocumentPart[], inputs: ValueInputs) {
    this.#parts = parts;
    this.#inputs = inputs;
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

  /** One document with the values in it. */
  document(index: number): GraphDocument {
    const { document } = this.#parts[index]!;
    if (!isEvaluated(document) || !isMap(document.value)) return document;
    const { values: _values, ...rest } = document.value;
    const isFilled = hasValues(document.value);
    const how = this.#how(index);
    const fill = (value: unknown, path: Path) =>
      isFilled ? this.#substitution.apply(value, path, how) : value;
    const kept = new KeptEntries();
    const resources = this.#resources(rest.resources, { fill, isFilled, how, kept });
    const value = {
      ...rest,
      ...(Object.hasOwn(rest, "resources") && { resources }),
      ...(Object.hasOwn(rest, "edges") && { edges: this.#edges(rest.edges, fill, kept) }),
      ...(Object.hasOwn(rest, "collect") && { collect: fill(rest.collect, ["collect"]) }),
    };
    return {
      ...document,
      value,
      ...(document.written && { written: joined(document.written, this.#substitution.written) }),
      texts: this.#substitution.texts,
      locate: this.#places.locating(document.locate, kept),
    };
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
    { fill, isFilled, how, kept }: {
      readonly fill: (value: unknown, path: Path) => unknown;
      readonly isFilled: boolean;
      readonly how: SubstitutionScope;
      readonly kept: KeptEntries;
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
          kept.leftOut(kind, isFilled ? this.#nameOf(entry.name, at) : entry.name);
          continue;
        }
        const all = fill(this.#withoutWhen(entry, how), at);
        if (isMap(all) && typeof all.name === "string") kept.keeps(kind, all.name);
        entries.push(all);
        indexes.push(index);
      }
      if (indexes.length < list.length) kept.lists.set(kind, indexes);
      return [kind, entries] as const;
    });
    return Object.fromEntries(filled);
  }

  #isMeant(
    entry: WrittenMap,
    path: Path,
    fill: (value: unknown, path: Path) => unknown,
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
  #edges(
    edges: unknown,
    fill: (value: unknown, path: Path) => unknown,
    kept: KeptEntries,
  ): unknown {
    const filled = fill(edges, ["edges"]);
    if (!Array.isArray(filled) || !kept.hasLeftOut) return filled;
    const isKept = (edge: unknown) =>
      !isMap(edge) || ![edge.from, edge.to].some((end) => kept.isLeftOut(endKey(end)));
    const indexes = filled.flatMap((edge, index) => isKept(edge) ? [index] : []);
    if (indexes.length < filled.length) kept.edges = indexes;
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

/** Where values are written; keeps nothing of what the graph says. */
class ValuePlaces {
  #places: ReadonlyMap<string, ValuePlace> = new Map();
  #documents: readonly { readonly file: string; readonly locate: Locate }[] = [];

  set(places: ReadonlyMap<string, ValuePlace>, documents: readonly DocumentPart[]): void {
    this.#places = places;
    this.#documents = documents.map(({ file, document: { locate } }) => ({ file, locate }));
  }

  /** Finds places in a document's text, of which entries are left out, and says whence its values are. */
  locating(locate: Locate, kept: KeptEntries): Locate {
    return async (path, part) => {
      const spot = await locate(kept.asWritten(path), part);
      if (spot === undefined || !spot.source.includes("${")) return spot;
      const note = await this.#whereFrom(spot.source);
      return note === undefined ? spot : { ...spot, note };
    };
  }

  /** Where the first value of a piece of the graph is written. */
  async #whereFrom(source: string): Promise<string | undefined> {
    for (const name of namesIn(source)) {
      const place = this.#places.get(name);
      const document = place && this.#documents[place.document];
      const spot = place && await document?.locate(place.path, "value");
      if (spot !== undefined && document !== undefined) {
        return `${name} is written in ${spot.file ?? document.file}, line ${spot.line}`;
      }
    }
    return undefined;
  }
}

/** Which entries of a document are for this host. */
class KeptEntries {
  /** Of kinds of which some are left out: what those that are kept were before. */
  readonly lists = new Map<string, readonly number[]>();
  edges: readonly number[] | undefined;
  readonly #kept = new Set<string>();
  readonly #leftOut = new Set<string>();

  keeps(kind: string, name: string): void {
    this.#kept.add(keyOf(kind, name));
  }

  leftOut(kind: string, name: unknown): void {
    if (typeof name === "string") this.#leftOut.add(keyOf(kind, name));
  }

  get hasLeftOut(): boolean {
    return this.#leftOut.size > 0;
  }

  isLeftOut(key: string | undefined): boolean {
    return key !== undefined && this.#leftOut.has(key) && !this.#kept.has(key);
  }

  /** Where something stands in the text, of which entries are left out. */
  asWritten(path: Path): Path {
    const [top, second, third] = path;
    if (top === "edges" && typeof second === "number" && this.edges !== undefined) {
      return [top, this.edges[second] ?? second, ...path.slice(2)];
    }
    const list = top === "resources" ? this.lists.get(String(second)) : undefined;
    if (list === undefined || typeof third !== "number") return path;
    return [top!, second!, list[third] ?? third, ...path.slice(3)];
  }
}

function joined(before: WrittenNumbers, more: WrittenNumbers): WrittenNumbers {
  return more.size === 0 ? before : new Map([...before, ...more]);
}
