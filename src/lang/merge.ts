/**
 * From the documents of several files to one: what they say together, as if it stood in one file, and
 * each place still in the file that it is in.
 *
 * @module
 */

import type { Diagnostic } from "../base/diagnostic.ts";
import type { DocumentPart, GraphDocument, Locate, WrittenNumbers } from "./document.ts";
import { Mistakes } from "./mistakes.ts";
import { hostsText, isFor } from "./only.ts";
import type { Path } from "./path.ts";
import { type Outline, readList, readOutline } from "./top.ts";
import { evaluate, type ValueSurroundings } from "./values/evaluate.ts";

/** What they say together. */
export interface MergedDocument {
  readonly document: GraphDocument;
  /** Files that are for other hosts, of which nothing is taken. */
  readonly leftOut: readonly OthersFile[];
  /** What is no mistake of theirs, and was probably meant otherwise. */
  readonly doubts: readonly Diagnostic[];
}

/** A file for other hosts. */
export interface OthersFile {
  readonly file: string;
  /** Whom it is for, in words. */
  readonly hosts: string;
}

/** A list of one file as a part of the list of all. */
interface Segment {
  readonly part: DocumentPart;
  readonly from: number;
  readonly length: number;
}

/** A list that all files add to. */
class JoinedList {
  readonly entries: unknown[] = [];
  readonly segments: Segment[] = [];

  add(part: DocumentPart, entries: readonly unknown[]): void {
    this.segments.push({ part, from: this.entries.length, length: entries.length });
    for (const entry of entries) this.entries.push(entry);
  }

  /** Whose entry it is, and the first file's where the list as a whole is meant. */
  at(index: string | number | undefined): Segment | undefined {
    if (typeof index !== "number") return this.segments[0];
    return this.segments.find(({ from, length }) => index >= from && index < from + length);
  }
}

/** Puts the documents of a host's files together, in their order; `name`: that of the graph. */
export async function mergeDocuments(
  parts: readonly DocumentPart[],
  { name, host, values }: {
    readonly name: string;
    readonly host: string;
    /** Absent: nothing is put in the place of names. */
    readonly values?: ValueSurroundings;
  },
): Promise<MergedDocument> {
  const merger = new Merger();
  const diagnostics: Diagnostic[] = [];
  const doubts: Diagnostic[] = [];
  const leftOut = parts.flatMap((part) => forOthers(part, host));
  const own = parts.filter(({ file }) => !leftOut.some((other) => other.file === file));
  const { final = [], open = [] } = Object.groupBy(own, (part) => part.isFinal ? "final" : "open");
  const evaluated = [...values === undefined ? open : await evaluate(open, values), ...final];
  for (const part of evaluated) {
    const { file, document } = part;
    const mistakes = new Mistakes();
    const outline = readOutline(document.value, mistakes, { isPart: true });
    if (outline !== undefined) merger.add(part, outline, mistakes);
    const found = await mistakes.diagnostics(file, document.locate);
    const { error = [], warning = [] } = Object.groupBy(found, ({ severity }) => severity);
    diagnostics.push(...document.mistakes ?? [], ...error);
    doubts.push(...warning);
  }
  const value = merger.value(name);
  const document = {
    value,
    written: numbersOf(evaluated, "written"),
    texts: numbersOf(evaluated, "texts"),
    locate: merger.locate,
  };
  return {
    document: diagnostics.length === 0 ? document : { ...document, mistakes: diagnostics },
    leftOut,
    doubts,
  };
}

/** A file that says that it is for other hosts. */
function forOthers({ file, document }: DocumentPart, host: string): readonly OthersFile[] {
  const only = readOutline(document.value, new Mistakes(), { isPart: true })?.only;
  return only === undefined || isFor(only, host) ? [] : [{ file, hosts: hostsText(only) }];
}

/** Numbers of all of them; where a file's language tells nothing, its numbers are not in it either. */
function numbersOf(parts: readonly DocumentPart[], which: "written" | "texts"): WrittenNumbers {
  return new Map(parts.flatMap(({ document }) => [...document[which] ?? []]));
}

class Merger {
  readonly #kinds = new Map<string, JoinedList>();
  readonly #edges = new JoinedList();
  readonly #collect = new JoinedList();

  add(part: DocumentPart, { resources, edges, collect }: Outline, mistakes: Mistakes): void {
    for (const [kind, value] of Object.entries(resources)) {
      const list = this.#kinds.get(kind) ?? new JoinedList();
      this.#kinds.set(kind, list);
      list.add(part, readList(value, ["resources", kind], mistakes));
    }
    if (edges.length > 0) this.#edges.add(part, edges);
    if (collect.length > 0) this.#collect.add(part, collect);
  }

  value(name: string): unknown {
    // A kind may be called like anything, also like what every object has.
    const resources = Object.assign(
      Object.create(null),
      Object.fromEntries([...this.#kinds].map(([kind, { entries }]) => [kind, entries])),
    );
    return {
      graph: name,
      resources,
      edges: this.#edges.entries,
      collect: this.#collect.entries,
    };
  }

  readonly locate: Locate = async (path, part) => {
    const found = this.#find(path);
    if (found === undefined) return undefined;
    const { file, path: where, document } = found.part;
    const spot = await document.locate(found.path, part);
    return spot && { file, path: where, ...spot };
  };

  /** The file that something is in, and where it is there. */
  #find(path: Path): { readonly part: DocumentPart; readonly path: Path } | undefined {
    const depth = path[0] === "resources" ? 2 : 1;
    const segment = this.#list(path)?.at(path[depth]);
    if (segment === undefined) return undefined;
    const index = path[depth];
    if (typeof index !== "number") return { part: segment.part, path };
    const inPart = [...path.slice(0, depth), index - segment.from, ...path.slice(depth + 1)];
    return { part: segment.part, path: inPart };
  }

  #list([top, kind]: Path): JoinedList | undefined {
    if (top === "edges") return this.#edges;
    if (top === "collect") return this.#collect;
    if (top !== "resources") return undefined;
    if (kind === undefined) return this.#kinds.values().next().value;
    return this.#kinds.get(String(kind));
  }
}
