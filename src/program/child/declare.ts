/**
 * The functions of the module `mgmt`, by which a program says what its graph has.
 *
 * @module
 */

import type { JsonValue } from "../../base/input.ts";
import { holdsSecret } from "../../base/secret_token.ts";
import { EDGE_WORDS } from "../surface.ts";
import type { EdgeEnd, KindOfProgram, ModulePlace } from "../protocol.ts";
import type { Evaluation } from "./evaluation.ts";
import { mistakeHere } from "./mistake.ts";
import { type MeaningOf, nameOf, toPlain } from "./plain.ts";
import { secretTextOf, textWithSecrets } from "./secrets.ts";
import { callerHere, framesHere } from "./stack.ts";

/** The program as its module exports it. */
export interface DeclaredProgram {
  readonly build: (inputs: unknown) => unknown;
  /** Where it was made. */
  readonly place: ModulePlace | undefined;
}

type GivenFields = Readonly<Record<string, unknown>>;
type PlainFields = Readonly<Record<string, JsonValue>>;

const EDGES = Object.entries(EDGE_WORDS);
/** What a reference in the place of a text would be. */
const MISPLACED = {
  message: `a reference stands for a resource, and goes into ${Object.keys(EDGE_WORDS).join(", ")}`,
};

const NO_TEXT: PropertyDescriptor = {
  value: Object.freeze(() => {
    throw mistakeHere(MISPLACED.message);
  }),
};

/** Takes what a program declares, for the evaluation that is running. */
export class Declarations {
  readonly #ends = new WeakMap<object, EdgeEnd | { readonly collectIndex: number }>();
  readonly #programs = new WeakMap<object, DeclaredProgram>();
  #running: Evaluation | undefined;

  /** Runs a program, for an evaluation. */
  run(build: () => unknown, evaluation: Evaluation): unknown {
    this.#running = evaluation;
    try {
      return build();
    } finally {
      this.#running = undefined;
    }
  }

  /** The evaluation that is running; undefined: modules are loaded, or a promise goes on later. */
  get running(): Evaluation | undefined {
    return this.#running;
  }

  /** What the module exports. */
  module(kinds: readonly KindOfProgram[]): Readonly<Record<string, unknown>> {
    const functions = kinds.map((kind) =>
      [kind.kind, (name: unknown, fields?: unknown) => this.#declare(kind, name, fields)] as const
    );
    return Object.freeze({
      ...Object.fromEntries(functions),
      program: (build: unknown) => this.#program(build),
      collect: (entry: unknown) => this.#collect(entry),
    });
  }

  /** The program that a module's default export is; undefined: it is none. */
  programOf(exported: unknown): DeclaredProgram | undefined {
    return typeof exported === "object" && exported !== null
      ? this.#programs.get(exported)
      : undefined;
  }

  /** Shares a value of this host, by a resource. */
  share(key: string, value: unknown): object {
    return this.#declare({ kind: SHARED_KIND, fields: [] }, key, { value });
  }

  #program(build: unknown): object {
    if (typeof build !== "function") {
      throw mistakeHere(`program() takes a function, not ${nameOf(build)}`);
    }
    const handle = Object.freeze({});
    const place = callerHere();
    this.#programs.set(handle, { build: build as DeclaredProgram["build"], place });
    return handle;
  }

  #evaluation(what: string): Evaluation {
    if (this.#running !== undefined) return this.#running;
    throw mistakeHere(`${what} is called outside of the program`, {
      hint: "call it in the function that program() is given, before that returns",
    });
  }

  #declare({ kind, fields: ownWords }: KindOfProgram, name: unknown, given: unknown = {}): object {
    const evaluation = this.#evaluation(`${kind}()`);
    const { [EXPORT]: isExport = false, ...fields } = this.#fieldsOf(given, kind);
    const { own, edges } = apart(fields, ownWords);
    const entry = this.#plain({ name, ...own }, evaluation);
    const isExported = isExport === true;
    if (typeof isExport !== "boolean") {
      const message = `export is true or false, not ${nameOf(isExport)}`;
      evaluation.mistake({ message, frames: framesHere(), within: [EXPORT] });
    }
    const written = isExported && typeof name === "string" ? `@@${name}` : name;
    const call = evaluation.addResource(kind, {
      ...entry,
      ...(isExported && { name: `@@${name}` }),
    });
    const end = { kind, name: String(written) };
    const told = toldBy(kind, name, entry, (what) => this.#evaluation(what));
    const reference = this.#reference(Object.defineProperties({ kind, name }, told), end);
    this.#addEdges(end, edges, { evaluation, call });
    return reference;
  }

  #collect(given: unknown): object {
    const evaluation = this.#evaluation("collect()");
    const { kind, ...fields } = this.#fieldsOf(given, "collect");
    const { own, edges } = apart(fields, []);
    const entry = this.#plain({ kind, ...own }, evaluation);
    const collectIndex = evaluation.addCollect(entry);
    const reference = this.#reference({ collect: kind }, { collectIndex });
    if (Object.keys(edges).length > 0) {
      const call = callerHere();
      this.#addEdges(this.#endOf(reference, evaluation)!, edges, { evaluation, call });
    }
    return reference;
  }

  #reference(reference: object, end: EdgeEnd | { readonly collectIndex: number }): object {
    Object.defineProperty(reference, Symbol.toPrimitive, NO_TEXT);
    this.#ends.set(Object.freeze(reference), end);
    return reference;
  }

  #fieldsOf(given: unknown, what: string): GivenFields {
    const prototype = typeof given === "object" && given !== null
      ? Object.getPrototypeOf(given)
      : undefined;
    if (prototype === Object.prototype || prototype === null) return given as GivenFields;
    throw mistakeHere(`${what}() takes its fields as a map, not ${nameOf(given)}`);
  }

  #plain(fields: GivenFields, evaluation: Evaluation): PlainFields {
    const plain = toPlain(fields, (value) => this.#meaningOf(value));
    if ("value" in plain) return plain.value as PlainFields;
    const { path, message } = plain;
    evaluation.mistake({ message, frames: framesHere(), within: path });
    return { name: String(fields["name"]) };
  }

  #meaningOf(value: object | string): ReturnType<MeaningOf> {
    if (typeof value === "string") return textWithSecrets(value);
    return this.#ends.has(value) ? MISPLACED : secretTextOf(value);
  }

  #addEdges(
    end: EdgeEnd,
    edges: GivenFields,
    { evaluation, call }: {
      readonly evaluation: Evaluation;
      readonly call: ModulePlace | undefined;
    },
  ): void {
    for (const [word, { isFromOther, notify }] of EDGES) {
      const given = edges[word];
      if (given === undefined) continue;
      for (const each of Array.isArray(given) ? given.flat(DEPTH) : [given]) {
        // As `condition && reference` and `references.get(name)` have it.
        if (each === undefined || each === null || each === false) continue;
        const other = this.#endOf(each, evaluation);
        if (other === undefined) {
          const message = `${word} takes what a function of mgmt returned, or a list of such, ` +
            `not ${nameOf(each)}`;
          evaluation.mistake({ message, frames: framesHere(), within: [word] });
          continue;
        }
        const [from, to] = isFromOther ? [other, end] : [end, other];
        evaluation.addEdge({ from, to, notify }, { word, call });
      }
    }
  }

  /** What a value is as an end of an edge: a reference, or a resource by its kind and name. */
  #endOf(value: unknown, evaluation: Evaluation): EdgeEnd | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    const end = this.#ends.get(value);
    if (end !== undefined && "collectIndex" in end) {
      const { collectIndex } = end;
      return { collect: evaluation.identify(collectIndex, `collect ${collectIndex + 1}`) };
    }
    if (end !== undefined) return end;
    const { kind, name } = value as GivenFields;
    return typeof kind === "string" && typeof name === "string" ? { kind, name } : undefined;
  }
}

/** What a resource tells the program, by a property of its reference. */
function toldBy(
  kind: string,
  name: unknown,
  fields: PlainFields,
  evaluation: (what: string) => Evaluation,
): PropertyDescriptorMap {
  const key = `${kind}[${name}]`;
  const at = (path: readonly string[]) => {
    const said = evaluation(key).read(path, "look");
    return "value" in said ? said.value : undefined;
  };
  if (kind === "probe") return { healthy: { get: () => at(["probe", key]) } };
  if (kind !== "exec") return {};
  const { meta: _, ...command } = fields;
  const output = () => {
    if (fields["sensitive"] !== true && !holdsSecret(fields)) {
      return at(["output", key, JSON.stringify(command)]);
    }
    const mistake = mistakeHere(`what ${key} prints is sensitive, and nobody sees it`);
    throw evaluation(key).stop(mistake);
  };
  return { output: { get: output } };
}

/** The kind of shared values. */
const SHARED_KIND = "value";
const EXPORT = "export";
const DEPTH = 8;

/** What is a field, and what is an edge; `ownWords` are fields in any case. Most resources have fields alone. */
function apart(
  fields: GivenFields,
  ownWords: readonly string[],
): { readonly own: GivenFields; readonly edges: GivenFields } {
  const isEdge = (key: string) => Object.hasOwn(EDGE_WORDS, key) && !ownWords.includes(key);
  if (!Object.keys(fields).some(isEdge)) return { own: fields, edges: {} };
  const entries = Object.entries(fields);
  return {
    own: Object.fromEntries(entries.filter(([key]) => !isEdge(key))),
    edges: Object.fromEntries(entries.filter(([key]) => isEdge(key))),
  };
}
