/**
 * Puts values in the place of their names.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { holdsSecret } from "../../base/secret_token.ts";
import { describeValue, isMap, isNothing } from "../describe.ts";
import type { WrittenNumbers } from "../document.ts";
import type { Path } from "../path.ts";
import {
  inputValue,
  type Resolved,
  unknownValue,
  type ValueInputs,
  type ValueProblem,
} from "./input_values.ts";
import type { ValueNode, ValuePlace, ValueScope } from "./scope.ts";
import { sizeOf } from "./value_size.ts";
import { mayRefer, readTemplate, type Template, type TemplatePart } from "./template.ts";

/** What was put into one place. */
interface Filled extends Omit<Resolved, "size"> {
  /** It is a number or a truth value that stands for `${name}` alone: its text. */
  readonly text?: string;
}

/** What texts and nodes may come to, all together. */
const SIZE_MAX = 4 * LIMITS.graphFileBytes;

/** How one document is gone through. */
export interface SubstitutionScope {
  /** How its numbers are written. */
  readonly numbers: WrittenNumbers | undefined;
  readonly report: (path: Path, problem: ValueProblem) => void;
}

/** Puts values in place, for all documents of a graph. */
export class Substitution {
  readonly #scope: ValueScope;
  readonly #inputs: ValueInputs;
  readonly #report: (place: ValuePlace, problem: ValueProblem) => void;
  readonly #resolved = new Map<string, Resolved | undefined>();
  readonly #resolving: string[] = [];
  readonly #copies = new Map<object, unknown>();
  readonly #texted = new Set<object>();
  readonly #templates = new Map<string, Template>();
  #size = 0;
  /** Of maps that are new: how numbers are written, and the texts of what stands for a name alone. */
  readonly written = new Map<object, ReadonlyMap<string, string>>();
  readonly texts = new Map<object, ReadonlyMap<string, string>>();

  constructor(
    scope: ValueScope,
    inputs: ValueInputs,
    report: (place: ValuePlace, problem: ValueProblem) => void,
  ) {
    this.#scope = scope;
    this.#inputs = inputs;
    this.#report = report;
  }

  /** The same with values in all its texts; what is as it was is not copied. */
  apply(value: unknown, path: Path, how: SubstitutionScope): unknown {
    return this.#make(value, path, how).value;
  }

  /** A map without one of its keys. */
  without(
    map: Readonly<Record<string, unknown>>,
    key: string,
    numbers: WrittenNumbers | undefined,
  ) {
    const { [key]: _left, ...copy } = map;
    const written = numbers?.get(map);
    if (written !== undefined) this.written.set(copy, written);
    return copy;
  }

  /** One text with values in it, as a text; undefined: something is wrong with it. */
  text(text: string, path: Path, how: SubstitutionScope): string | undefined {
    const made = mayRefer(text) ? this.#filled(text, path, how) : { value: text };
    if (made === undefined) return undefined;
    if (typeof made.value === "string") return made.value;
    if (made.text !== undefined) return made.text;
    how.report(path, { message: `a text is needed here, not ${describeValue(made.value)}` });
    return undefined;
  }

  #make(value: unknown, path: Path, how: SubstitutionScope): Filled {
    if (typeof value === "string") {
      return mayRefer(value) ? this.#fill(value, path, how) : { value };
    }
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
      return { value };
    }
    const known = this.#copies.get(value);
    if (known !== undefined) return { value: known };
    const copy = this.#copy(value, path, how);
    this.#copies.set(value, copy);
    return { value: copy };
  }

  /** Most have nothing to be put in, and are looked through without a trace. */
  #copy(value: object, path: Path, how: SubstitutionScope): unknown {
    const isList = Array.isArray(value);
    const before = value as Readonly<Record<string, unknown>>;
    const made: (readonly [string, Filled])[] = [];
    for (const key of Object.keys(value)) {
      const each = before[key];
      if (!isList && mayRefer(key)) this.#judgeKey(key, [...path, key], how);
      if (typeof each === "string" ? !mayRefer(each) : typeof each !== "object") continue;
      const one = this.#make(each, [...path, isList ? Number(key) : key], how);
      if (one.value === each) continue;
      // What something is called is a text, whatever stands for it.
      const isName = key === "name" && !isList && one.text !== undefined;
      made.push([key, isName ? { value: one.text } : one]);
    }
    if (made.length === 0) return value;
    const copy: object = isList ? [...value] : { ...value };
    for (const [key, each] of made) {
      const property = { value: each.value, enumerable: true, configurable: true, writable: true };
      Object.defineProperty(copy, key, property);
    }
    this.#note(copy, made, how.numbers?.get(value) ?? this.written.get(value));
    return copy;
  }

  /** In keys nothing is put in; who names a secret there is told so, and does not wait for it. */
  #judgeKey(key: string, path: Path, how: SubstitutionScope): void {
    const template = readTemplate(key);
    for (const part of template.ok ? template.parts : []) {
      if (typeof part === "string") continue;
      const found = this.#resolve(part, () => {});
      if (!holdsSecret(found?.value)) continue;
      how.report(path, {
        message: `a key cannot hold a secret, and ${part.text} is one`,
        hint: "values are put into texts, not into their keys: write the key as it is to be",
      });
      return;
    }
  }

  #note(
    holder: object,
    made: readonly (readonly [string, Filled])[],
    before?: ReadonlyMap<string, string>,
  ): void {
    const written = before === undefined ? new Map<string, string>() : new Map(before);
    const texts = new Map<string, string>();
    for (const [key, each] of made) {
      if (each.written !== undefined) written.set(key, each.written);
      if (each.text !== undefined) texts.set(key, each.text);
    }
    if (written.size > 0) this.written.set(holder, written);
    if (texts.size > 0) this.texts.set(holder, texts);
  }

  /** What cannot be filled stays as it is, so that nothing more is found wrong with it. */
  #fill(text: string, path: Path, how: SubstitutionScope): Filled {
    return this.#filled(text, path, how) ?? { value: text };
  }

  #filled(text: string, path: Path, how: SubstitutionScope): Filled | undefined {
    const template = this.#templates.get(text) ?? readTemplate(text);
    this.#templates.set(text, template);
    if (!template.ok) {
      how.report(path, {
        message: `${template.wrong} names no value`,
        hint:
          "a name is letters, digits, _ and - with dots between; a ${ as it stands is written $${",
      });
      return undefined;
    }
    const [only, ...more] = template.parts;
    if (only === undefined) return { value: "" };
    if (more.length === 0 && typeof only !== "string") return this.#whole(only, path, how);
    let filled = "";
    for (const part of template.parts) {
      const piece = typeof part === "string" ? part : this.#piece(part, path, how);
      if (piece === undefined) return undefined;
      filled += piece;
    }
    return this.#fits(filled.length, path, how) ? { value: filled } : undefined;
  }

  #whole(
    part: Exclude<TemplatePart, string>,
    path: Path,
    how: SubstitutionScope,
  ): Filled | undefined {
    const { text } = part;
    const found = this.#resolve(part, (problem) => how.report(path, problem));
    if (found === undefined || !this.#fits(found.size, path, how)) return undefined;
    if (isNothing(found.value)) {
      how.report(path, { message: `the value ${text} says nothing` });
      return undefined;
    }
    const { value, written } = found;
    if (typeof value !== "number" && typeof value !== "boolean") {
      this.#noteTexts(value);
      return { value };
    }
    return { value, text: written ?? String(value), ...(written !== undefined && { written }) };
  }

  /** How a number in a value is written, where that says more. */
  #writtenIn(holder: object, key: string): string | undefined {
    return this.written.get(holder)?.get(key) ?? this.#scope.written(holder, key);
  }

  /** Also what is inside of a value may be wanted as a text. */
  #noteTexts(value: unknown): void {
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
    if (this.#texted.has(value)) return;
    this.#texted.add(value);
    const texts = new Map(this.texts.get(value));
    for (const [key, each] of Object.entries(value)) {
      if (typeof each === "number" || typeof each === "boolean") {
        const written = this.#writtenIn(value, key);
        texts.set(key, written ?? String(each));
      } else this.#noteTexts(each);
    }
    if (texts.size > 0) this.texts.set(value, texts);
  }

  #piece(
    part: Exclude<TemplatePart, string>,
    path: Path,
    how: SubstitutionScope,
  ): string | undefined {
    const { text } = part;
    const found = this.#resolve(part, (problem) => how.report(path, problem));
    if (found === undefined) return undefined;
    const { value, written } = found;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return written ?? String(value);
    how.report(path, {
      message: `the value ${text} is ${describeValue(value)}, which cannot stand in a text`,
      hint: isMap(value) ? `name what is in it: \${${text}.…}` : undefined,
    });
    return undefined;
  }

  #fits(size: number, path: Path, how: SubstitutionScope): boolean {
    const before = this.#size;
    this.#size += size;
    if (this.#size <= SIZE_MAX) return true;
    if (before <= SIZE_MAX) {
      const most = SIZE_MAX / 1024 / 1024;
      how.report(path, { message: `with its values this graph is larger than ${most} MiB` });
    }
    return false;
  }

  #resolve(
    { name, text: key }: Exclude<TemplatePart, string>,
    missing: (problem: ValueProblem) => void,
  ): Resolved | undefined {
    if (this.#resolved.has(key)) {
      const known = this.#resolved.get(key);
      if (known === undefined && this.#missing.has(key)) missing(this.#missing.get(key)!);
      return known;
    }
    const from = this.#resolving.indexOf(key);
    if (from >= 0 || this.#resolving.length > DEEPEST) {
      const circle = [...this.#resolving.slice(Math.max(from, 0)).slice(0, NAMED), key].join(" → ");
      missing({ message: `these values are made of each other: ${circle}` });
      return undefined;
    }
    this.#resolving.push(key);
    try {
      const found = this.#find(name);
      const isFound = "size" in found;
      this.#resolved.set(key, isFound ? found : undefined);
      if (isFound) return found;
      if (found.problem === undefined) return undefined;
      this.#missing.set(key, found.problem);
      missing(found.problem);
      return undefined;
    } finally {
      this.#resolving.pop();
    }
  }

  /** Why there is nothing under a name, to be said wherever it is asked for. */
  readonly #missing = new Map<string, ValueProblem>();

  #find(name: readonly string[]): Resolved | { readonly problem: ValueProblem | undefined } {
    const [family = ""] = name;
    if (this.#inputs.families.includes(family)) return inputValue(this.#inputs, name);
    const found = this.#scope.findInside(name);
    if (found === undefined) {
      return {
        problem: unknownValue(name.join("."), { scope: this.#scope, inputs: this.#inputs }),
      };
    }
    let { value, written } = this.#valueOf(found.node);
    if (value === BROKEN) return { problem: undefined };
    for (const part of found.rest) {
      const isThere = typeof value === "object" && value !== null &&
        !(value instanceof Uint8Array) && Object.hasOwn(value, part);
      if (!isThere) {
        return {
          problem: unknownValue(name.join("."), { scope: this.#scope, inputs: this.#inputs }),
        };
      }
      const holder = value as Readonly<Record<string, unknown>>;
      written = this.#writtenIn(holder, part);
      value = holder[part];
    }
    return { value, written, size: sizeOf(value) };
  }

  #valueOf(node: ValueNode): { value: unknown; written?: string | undefined } {
    if (node.type === "leaf") {
      const { document, path } = node.place;
      let isBroken = false;
      const made = this.#make(node.value, path, {
        numbers: node.numbers,
        report: (at, problem) => {
          isBroken = true;
          this.#report({ document, path: at }, problem);
        },
      });
      if (isBroken) return { value: BROKEN };
      return { value: made.value, written: made.written ?? node.written };
    }
    const made = [...node.entries].map(([key, each]) => [key, this.#valueOf(each)] as const);
    if (made.some(([, each]) => each.value === BROKEN)) return { value: BROKEN };
    const value = Object.fromEntries(made.map(([key, each]) => [key, each.value]));
    this.#note(value, made);
    return { value };
  }
}

/** A value in which something is wrong, which was said where it is written. */
const BROKEN = Symbol("broken");
/** Values that are made of values, one of the other. */
const DEEPEST = 100;
/** Values of a circle that are named. */
const NAMED = 10;
