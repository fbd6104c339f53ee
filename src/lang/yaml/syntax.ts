/**
 * The parser that tells where nodes begin and end, and what is wrong with a text: asked where there is
 * something to explain. What a text means says `value.ts`.
 *
 * @module
 */

// @ts-types="npm:@types/js-yaml@4.0.9"
import * as jsYaml from "js-yaml";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import { plainTypes } from "./plain_types.ts";

/** The first thing that is wrong with a text as YAML; line and column are 1-based. */
export interface SyntaxMistake {
  readonly reason: string;
  readonly line: number;
  readonly column: number;
}

/** The mistakes of a text, and whether they are nothing but keys that are written twice. */
export interface SyntaxReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly onlyDuplicateKeys: boolean;
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

const SCHEMA = jsYaml.FAILSAFE_SCHEMA.extend({
  implicit: plainTypes().map(({ tag, ...type }) => new jsYaml.Type(tag, type)),
});
