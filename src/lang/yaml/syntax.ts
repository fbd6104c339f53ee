/**
 * From text to plain values: YAML 1.2 with its core schema and `!!binary`.
 *
 * @module
 */

// @ts-types="npm:@types/js-yaml@4.0.9"
import * as jsYaml from "js-yaml";
import { LIMITS } from "../../base/limits.ts";

/** The first thing that is wrong with a text as YAML; line and column are 1-based. */
export interface SyntaxMistake {
  readonly reason: string;
  readonly line: number;
  readonly column: number;
}

/** The value that a text describes, or why it describes none. */
export type ParsedText =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: SyntaxMistake };

/** What the parser tells while it reads: `open` before a node, `close` after it. */
export type ParseListener = (event: "open" | "close", state: ListenerState) => void;

/** The part of the parser's state that a listener may look at. */
export interface ListenerState {
  readonly input: string;
  readonly position: number;
  readonly kind: "scalar" | "sequence" | "mapping" | null;
  readonly result: unknown;
}

/** Parses one document. `duplicateKeys`: the last one wins, otherwise they are an error. */
export function parseYaml(
  text: string,
  options: { duplicateKeys?: boolean; listener?: ParseListener } = {},
): ParsedText {
  try {
    const loadOptions = {
      schema: SCHEMA,
      // Not in the package's types.
      maxDepth: LIMITS.graphFileDepth,
      json: options.duplicateKeys ?? false,
      ...(options.listener === undefined ? {} : { listener: options.listener as LibraryListener }),
    };
    return { ok: true, value: jsYaml.load(text, loadOptions) };
  } catch (thrown) {
    if (!(thrown instanceof jsYaml.YAMLException)) throw thrown;
    const { reason, mark } = thrown as { reason: string; mark?: { line: number; column: number } };
    return {
      ok: false,
      error: { reason, line: (mark?.line ?? 0) + 1, column: (mark?.column ?? 0) + 1 },
    };
  }
}

type LibraryListener = NonNullable<jsYaml.LoadOptions["listener"]>;

/** The library's types are an export that its type declarations do not know. */
const { types } = jsYaml as unknown as {
  readonly types: Readonly<Record<"null" | "bool" | "binary", jsYaml.Type>>;
};

const INTEGER = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const FLOAT =
  /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Whether a plain scalar can be a number at all: most are not, and this is cheap. */
function startsLikeNumber(text: unknown): text is string {
  if (typeof text !== "string" || text.length === 0) return false;
  const code = text.charCodeAt(0);
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e;
}

function toInteger(text: string): number {
  return /^0[ox]/.test(text) ? Number(text) : parseInt(text, 10);
}

function toFloat(text: string): number {
  const word = text.toLowerCase();
  if (word === ".nan") return NaN;
  if (word.endsWith(".inf")) return word.startsWith("-") ? -Infinity : Infinity;
  return parseFloat(word);
}

/**
 * js-yaml's own number types accept `0b1` and `-0x1`, and refuse `-.5`; these are the core
 * schema's.
 */
const SCHEMA = jsYaml.FAILSAFE_SCHEMA.extend({
  implicit: [
    types.null,
    types.bool,
    new jsYaml.Type("tag:yaml.org,2002:int", {
      kind: "scalar",
      resolve: (text: unknown) => startsLikeNumber(text) && INTEGER.test(text),
      construct: toInteger,
    }),
    new jsYaml.Type("tag:yaml.org,2002:float", {
      kind: "scalar",
      resolve: (text: unknown) => startsLikeNumber(text) && FLOAT.test(text),
      construct: toFloat,
    }),
  ],
  explicit: [types.binary],
});
