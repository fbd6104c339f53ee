/**
 * What of a host may stand in a bundle: only what is on a list here. Nothing is hidden by looking for what seems
 * secret; what nobody listed is left out.
 *
 * @module
 */

import { kindOf } from "../../../base/words.ts";

/** Flags of a run whose values say nothing of anybody. */
const OPEN_VALUES = new Set([
  ..."converged-timeout max-runtime sema seed repair-burst repair-rate journal-size journal-days who"
    .split(" "),
  ..."ideal-cluster-size cluster-wait dead-after output color".split(" "),
]);
/** Codes are words of the program, or of a bus. */
const CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,80}$/;
const VALUE = /^[A-Za-z0-9.]{1,20}$/;

/** Names of resources as numbers, the same for the same in all of one bundle: `file#3`. */
export class ResourceNumbers {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** What stands for the resource of that key. */
  of(key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const kind = kindWord(key);
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const name = `${kind}#${number}`;
    this.#names.set(key, name);
    return name;
  }
}

/** The kind of a key, where it is a word. */
export function kindWord(key: string): string {
  const kind = kindOf(key).toLowerCase();
  return /^[a-z_]{1,40}$/.test(kind) ? kind : "other";
}

/** A failure's code; undefined: it has none, or it is no word. */
export function codeWord(failure: unknown): string | undefined {
  const { code } = (failure ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && CODE.test(code) ? code : undefined;
}

/** The arguments of a process: its command and the names of its flags, and of those the values that are open. */
export function maskedArguments(line: string): readonly string[] {
  const [, ...words] = line.split("\0").filter((word) => word !== "");
  const shown: string[] = [];
  for (const [index, word] of words.entries()) {
    if (index === 0) {
      shown.push(CODE.test(word) ? word : "…");
      continue;
    }
    const flag = /^--?([A-Za-z][a-z-]{0,40})(?:=([^]*))?$/.exec(word);
    if (flag === null) {
      const before = /^--([a-z-]+)$/.exec(words[index - 1] ?? "")?.[1] ?? "";
      shown.push(OPEN_VALUES.has(before) && VALUE.test(word) ? word : "…");
      continue;
    }
    const [, name = "", value] = flag;
    const dashes = word.startsWith("--") ? "--" : "-";
    const isOpen = value !== undefined && OPEN_VALUES.has(name) && VALUE.test(value);
    shown.push(`${dashes}${name}${value === undefined ? "" : isOpen ? `=${value}` : "=…"}`);
  }
  return shown;
}

/** Those of an object's fields that are listed and are numbers, truths or short words. */
export function listedFields(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const isOpen = (value: unknown) =>
    typeof value === "number" || typeof value === "boolean" ||
    (typeof value === "string" && /^[A-Za-z0-9 .+()-]{1,60}$/.test(value));
  return Object.fromEntries(
    names.filter((name) => isOpen(object[name]))
      .map((name) => [name, object[name]]),
  );
}
