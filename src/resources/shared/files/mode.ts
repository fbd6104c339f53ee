/**
 * Modes as people write them: octal (`0644`, `0o644`) or symbolic (`u=rw,go=r`, `a+X`, `u+s`, `+t`).
 *
 * @module
 */

import type { ResolveContext } from "../../../kind/kind.ts";

/** A mode that was read; plain data. */
export type Mode =
  | { readonly type: "octal"; readonly bits: number }
  | {
    readonly type: "symbolic";
    readonly clauses: readonly Clause[];
    /** Whoever may read may also search. */
    readonly searchable?: true;
  };

interface Clause {
  /** Some of `ugo`. */
  readonly who: string;
  readonly operator: "+" | "-" | "=";
  /** Some of `rwxXst`, or one of `ugo` to copy from. */
  readonly what: string;
}

const OCTAL = /^(?:0o?)?[0-7]{3,4}$/;
const CLAUSE = /^([ugoa]*)((?:[+\-=](?:[rwxXst]*|[ugo]))+)$/;
const ACTION = /([+\-=])([rwxXst]*|[ugo])(?=[+\-=]|$)/g;
const SHIFT: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

/** Reads a mode, or gives undefined for what is none. */
export function parseMode(text: string): Mode | undefined {
  if (OCTAL.test(text)) return { type: "octal", bits: parseInt(text.replace("o", ""), 8) };
  const clauses: Clause[] = [];
  for (const part of text.split(",")) {
    const match = CLAUSE.exec(part);
    if (match === null) return undefined;
    const who = match[1] === "" || match[1]?.includes("a") ? "ugo" : match[1] ?? "ugo";
    for (const [, operator, what] of (match[2] ?? "").matchAll(ACTION)) {
      clauses.push({ who, operator: operator as Clause["operator"], what: what ?? "" });
    }
  }
  return { type: "symbolic", clauses };
}

/** What programs make of usual modes when they write a number for them, where that is an octal one, too. */
const DECIMAL: ReadonlyMap<string, string> = new Map(
  ["0400", "0500", "0550", "0555", "0640", "0644", "0660", "0664", "0770", "0777"]
    .concat(["1777", "2755", "2775", "4755"])
    .map((mode) => [String(parseInt(mode, 8)), mode]),
);

/** Reads the field `mode`; mistakes are recorded in the context. */
export function readMode(text: string, context: ResolveContext): Mode | undefined {
  const mode = parseMode(text);
  if (mode === undefined) {
    context.issue({
      path: ["mode"],
      message: `mode ${JSON.stringify(text)} is no mode`,
      hint: 'write it as 0644, "0644" or "u=rw,go=r"',
    });
  }
  const doubt = decimalDoubt(text);
  if (doubt !== undefined) context.doubt?.({ path: ["mode"], ...doubt });
  return mode;
}

/** Whether a mode was probably meant as a decimal number: hardly anybody wants `r---w----`. */
function decimalDoubt(text: string): { message: string; hint: string } | undefined {
  const meant = DECIMAL.get(text);
  if (meant === undefined) return undefined;
  return {
    message: `mode ${text} is read as octal, and ${meant} is ${text} as a decimal number`,
    hint: `write ${meant}, or 0${text} if that is meant`,
  };
}

/** The permission bits that a mode makes of those that are there. */
export function applyMode(mode: Mode, present: number, directory: boolean): number {
  if (mode.type === "octal") return mode.bits;
  const made = mode.clauses.reduce((bits, one) => applyClause(one, bits, directory), present);
  return mode.searchable ? searchable(made) : made;
}

/**
 * A mode for a whole tree is meant for files; directories can be searched by whoever may read them.
 */
export function forTreeDirectory(mode: Mode): Mode {
  if (mode.type === "octal") return { type: "octal", bits: searchable(mode.bits) };
  return { ...mode, searchable: true };
}

function searchable(bits: number): number {
  return bits | ((bits & 0o444) >> 2);
}

function applyClause({ who, operator, what }: Clause, bits: number, directory: boolean): number {
  let result = bits;
  for (const one of who) {
    const wanted = bitsOf(what, one, bits, directory);
    // Clearing with `=` covers the special bit that belongs to this class; directories keep theirs.
    const special = one === "u" ? 0o4000 : one === "g" ? 0o2000 : 0;
    const all = (7 << (SHIFT[one] ?? 0)) | (directory ? 0 : special);
    if (operator === "+") result |= wanted;
    else if (operator === "-") result &= ~wanted;
    else result = (result & ~all) | wanted;
  }
  return result & 0o7777;
}

function bitsOf(what: string, who: string, bits: number, directory: boolean): number {
  const shift = SHIFT[who] ?? 0;
  if (what.length === 1 && "ugo".includes(what)) {
    return ((bits >> (SHIFT[what] ?? 0)) & 7) << shift;
  }
  let wanted = 0;
  for (const letter of what) {
    if (letter === "r") wanted |= 4 << shift;
    if (letter === "w") wanted |= 2 << shift;
    if (letter === "x") wanted |= 1 << shift;
    if (letter === "X" && (directory || (bits & 0o111) !== 0)) wanted |= 1 << shift;
    if (letter === "s") wanted |= who === "u" ? 0o4000 : who === "g" ? 0o2000 : 0;
    if (letter === "t") wanted |= 0o1000;
  }
  return wanted;
}

/** A mode as four octal digits. */
export function modeText(bits: number): string {
  return bits.toString(8).padStart(4, "0");
}
