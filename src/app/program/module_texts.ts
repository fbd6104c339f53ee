import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Spot } from "../../lang/path.ts";
import type { ModulePlace, ProgramMistake, StackFrame } from "../../program/protocol.ts";
import { argumentsAt, nameAt, rangeAt, type TextRange } from "../../program/call_places.ts";

/** What of a call is meant. */
interface InsideCall {
  readonly argument: number;
  readonly path: readonly (string | number)[];
  readonly part: "key" | "value";
}

/** The texts of a program's modules, and how messages name them. */
export class ModuleTexts {
  readonly #shownRoot: string;
  readonly #root: string;
  readonly #texts: ReadonlyMap<string, string>;
  #lastSpot: { readonly asked: string; readonly spot: Spot | undefined } | undefined;

  constructor(
    { shownRoot, root, texts }: {
      /** The directory of the program as the user named it, with a slash at its end, or nothing. */
      readonly shownRoot: string;
      /** The same, absolute. */
      readonly root: string;
      readonly texts: ReadonlyMap<string, string>;
    },
  ) {
    this.#shownRoot = shownRoot;
    this.#root = root;
    this.#texts = texts;
  }

  /** How messages name a module. */
  shown(path: string): string {
    const root = this.#root === "/" ? "/" : `${this.#root}/`;
    return path.startsWith(root) ? this.#shownRoot + path.slice(root.length) : path;
  }

  /** The text of what messages name so. */
  textOf(file: string): string | undefined {
    for (const [path, text] of this.#texts) if (this.shown(path) === file) return text;
    return undefined;
  }

  /** Where the arguments of a call are: `argument` counts from 0, and the path leads into it. */
  spotInCall(call: ModulePlace, inside: InsideCall): Spot | undefined {
    // One call in a loop makes many resources, each of which is asked for.
    const asked = JSON.stringify([call, inside]);
    if (this.#lastSpot?.asked !== asked) {
      this.#lastSpot = { asked, spot: this.#lookInCall(call, inside) };
    }
    return this.#lastSpot.spot;
  }

  #lookInCall(call: ModulePlace, { argument, path, part }: InsideCall): Spot | undefined {
    const text = this.#texts.get(call.path);
    const offset = text === undefined ? undefined : offsetOf(text, call);
    if (text === undefined || offset === undefined) return undefined;
    const given = argumentsAt(text, offset)[argument];
    const range = given && rangeAt(text, given, path, part);
    const isWhole = range === undefined || (range.start === given?.start && path.length > 0);
    return this.#spot(call.path, text, isWhole ? nameAt(text, offset) : range);
  }

  #spot(path: string, text: string, { start, end }: TextRange): Spot {
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const lineEnd = text.indexOf("\n", start);
    const source = text.slice(start, Math.min(end, lineEnd < 0 ? text.length : lineEnd));
    return {
      line: text.slice(0, start).split("\n").length,
      column: [...text.slice(lineStart, start)].length + 1,
      length: Math.max(1, [...source.trimEnd()].length),
      source: source.trimEnd(),
      file: this.shown(path),
      path,
    };
  }

  /** A mistake with its place, and the calls that lead there. */
  diagnosticOf(mistake: ProgramMistake, file: string): Diagnostic {
    const { message, frames: [first, ...callers], hint } = mistake;
    const hints = [...hint === undefined ? [] : [hint], ...this.#callers(first, callers)];
    const said = {
      severity: "error",
      message,
      ...(hints.length > 0 && { hint: hints.join("; ") }),
    };
    const spot = first && this.#spotOf(mistake, first);
    if (spot === undefined) return { ...said, file } as Diagnostic;
    const { line, column, length } = spot;
    return { ...said, file: spot.file ?? file, line, column, length } as Diagnostic;
  }

  #spotOf({ within, length }: ProgramMistake, first: ModulePlace): Spot | undefined {
    const text = this.#texts.get(first.path);
    const start = text === undefined ? undefined : offsetOf(text, first);
    if (text === undefined || start === undefined) return undefined;
    if (within === undefined) {
      const range = length === undefined ? nameAt(text, start) : { start, end: start + length };
      return this.#spot(first.path, text, range);
    }
    const [word] = within;
    const how = { part: "value" } as const;
    return word === "name"
      ? this.spotInCall(first, { ...how, argument: 0, path: [] })
      : this.spotInCall(first, { ...how, argument: 1, path: within });
  }

  #callers(first: StackFrame | undefined, callers: readonly StackFrame[]): readonly string[] {
    if (callers.length === 0 || first === undefined) return [];
    const named = (frame: StackFrame) => frame.name === undefined ? "" : ` (${frame.name})`;
    const shown = callers.slice(0, CALLERS).map((frame) =>
      `${this.shown(frame.path)}:${frame.line}:${frame.column}${named(frame)}`
    );
    const more = callers.length > CALLERS ? ", …" : "";
    const where = first.name === undefined ? "" : `in ${first.name}, `;
    return [`${where}called from ${shown.join(", ")}${more}`];
  }
}

/** Calls that a message names. */
const CALLERS = 8;

/** Where in a text a place is; undefined: the text has no such line. */
function offsetOf(text: string, { line, column }: ModulePlace): number | undefined {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  return start + column - 1;
}
