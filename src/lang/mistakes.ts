/**
 * Mistakes as the passes find them, by path; their places in the text are looked up at the end.
 *
 * @module
 */

import { compareTexts } from "../base/compare.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { LIMITS } from "../base/limits.ts";
import type { Locate, PlacePart } from "./document.ts";
import type { Path } from "./path.ts";

/** What is said of a mistake besides its message. */
export interface MistakeDetails {
  readonly part?: PlacePart;
  /** It is about the file as a whole. */
  readonly whole?: boolean;
  readonly hint?: string;
  /** The hint is to quote what stands there. */
  readonly quote?: boolean;
  /** Another place that belongs to it, named in the message as `text line N`. */
  readonly other?: { readonly text: string; readonly path: Path };
}

interface Mistake extends MistakeDetails {
  readonly severity: Diagnostic["severity"];
  readonly path: Path;
  readonly message: string;
}

/** Further mistakes are only counted: a reader fixes the first ones first. */
const KEPT_MAX = 20 * LIMITS.diagnostics;

/** Collects what is wrong with one graph file. */
export class Mistakes {
  readonly #list: Mistake[] = [];
  #errors = 0;

  error(path: Path, message: string, details: MistakeDetails = {}): void {
    this.#errors++;
    if (this.#list.length < KEPT_MAX) {
      this.#list.push({ ...details, severity: "error", path, message });
    }
  }

  warning(path: Path, message: string, details: MistakeDetails = {}): void {
    if (this.#list.length < KEPT_MAX) {
      this.#list.push({ ...details, severity: "warning", path, message });
    }
  }

  get errors(): number {
    return this.#errors;
  }

  /** All of them with their places; where there are none, no place is looked up. */
  diagnostics(file: string, locate: Locate): Promise<readonly Diagnostic[]> {
    return Promise.all(this.#list.map((mistake) => toDiagnostic(mistake, file, locate)));
  }
}

async function toDiagnostic(mistake: Mistake, file: string, locate: Locate): Promise<Diagnostic> {
  const { severity, path, part = "value", other } = mistake;
  const [spot, otherSpot] = await Promise.all([
    mistake.whole ? undefined : locate(path, part),
    other && locate(other.path, "value"),
  ]);
  const elsewhere = otherSpot?.file === spot?.file ? "" : `${otherSpot?.file} `;
  const message = mistake.message +
    (other && otherSpot ? ` (${other.text} ${elsewhere}line ${otherSpot.line})` : "") +
    (spot?.note === undefined ? "" : ` (${spot.note})`);
  // Where a value of the graph stands, quotes are nothing that helps.
  const quotes = mistake.quote && spot !== undefined && spot.note === undefined;
  const hint = quotes ? `quote it: ${quoted(spot.source)}` : mistake.hint;
  return {
    severity,
    file: spot?.file ?? file,
    ...(spot === undefined ? {} : { line: spot.line, column: spot.column, length: spot.length }),
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

function quoted(source: string): string {
  return `"${source.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/**
 * In the order of the text and cut to what a reader can use; errors are never cut for warnings.
 * `more`: errors that were found and not kept.
 */
export function arranged(
  diagnostics: readonly Diagnostic[],
  file: string,
  errors: number,
): readonly Diagnostic[] {
  const sorted = diagnostics.toSorted((a, b) =>
    compareTexts(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0)
  );
  if (sorted.length <= LIMITS.diagnostics) return sorted;
  const important = sorted.filter(({ severity }) => severity === "error");
  const shown = (important.length > 0 ? important : sorted).slice(0, LIMITS.diagnostics);
  const left = Math.max(errors, important.length) - shown.length;
  if (left <= 0) return shown;
  const message = `${left} more ${left === 1 ? "mistake" : "mistakes"}, not shown`;
  return [...shown, { severity: "error", file, message }];
}
