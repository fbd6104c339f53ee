/**
 * Diagnostics as text for a reader: place, message, the line with a caret below, hint.
 *
 * @module
 */

import type { Diagnostic } from "./diagnostic.ts";
import { printable, visible } from "./printable.ts";
import { shownOf, shownOfModule, type SourceLine } from "./secret_lines.ts";
import { isWide } from "./wide.ts";

/** Characters of a source line that are shown; a longer one is cut around the place. */
const EXCERPT_WIDTH = 100;

interface DiagnosticPalette {
  readonly error: string;
  readonly warning: string;
  readonly strong: string;
  readonly dim: string;
  readonly end: string;
}

const COLORS: DiagnosticPalette = {
  error: "\x1b[1;31m",
  warning: "\x1b[1;33m",
  strong: "\x1b[1m",
  dim: "\x1b[2m",
  end: "\x1b[0m",
};
const PLAIN: DiagnosticPalette = { error: "", warning: "", strong: "", dim: "", end: "" };

/**
 * One diagnostic as lines without a final line break. `source` is the whole text that it is about;
 * without it there is no excerpt. Control characters never reach the terminal.
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  source: string | undefined,
  options: { color: boolean },
): string {
  const colors = options.color ? COLORS : PLAIN;
  const lines = [
    `${colors.strong}${placeText(diagnostic)}:${colors.end} ` +
    `${colors[diagnostic.severity]}${diagnostic.severity}:${colors.end} ` +
    `${colors.strong}${printable(diagnostic.message)}${colors.end}`,
  ];
  if (source !== undefined) lines.push(...excerpt(diagnostic, source, colors));
  if (diagnostic.hint !== undefined) lines.push(`  hint: ${printable(diagnostic.hint)}`);
  return lines.join("\n");
}

function placeText({ file, line, column }: Diagnostic): string {
  const place = line === undefined ? "" : column === undefined ? `:${line}` : `:${line}:${column}`;
  return printable(file) + place;
}

function excerpt(diagnostic: Diagnostic, source: string, colors: DiagnosticPalette): string[] {
  if (diagnostic.line === undefined) return [];
  const line = lineOf(source, diagnostic.line);
  if (line === undefined) return [];
  const isModule = /\.[jt]s$/.test(diagnostic.file);
  const characters = [...isModule ? shownOfModule(line) : shownOf(line)];
  const column = Math.min(diagnostic.column ?? 1, characters.length + 1) - 1;
  const from = Math.max(0, Math.min(column - EXCERPT_WIDTH / 2, characters.length - EXCERPT_WIDTH));
  const shown = characters.slice(from, from + EXCERPT_WIDTH);
  const before = shown.slice(0, column - from);
  const marked = shown.slice(column - from, column - from + (diagnostic.length ?? 1));
  const number = String(diagnostic.line).padStart(4);
  const left = from > 0 ? "…" : "";
  const right = from + EXCERPT_WIDTH < characters.length ? "…" : "";
  const excerptLine = left + shown.map(visible).join("") + right;
  const caretLine = " ".repeat(left.length + widthOf(before)) +
    (diagnostic.column === undefined ? "" : "^".repeat(Math.max(1, widthOf(marked))));
  return [
    `${colors.dim}${number} |${colors.end} ${excerptLine}`.trimEnd(),
    `${colors.dim}     |${colors.end} ${colors[diagnostic.severity]}${caretLine}${colors.end}`
      .trimEnd(),
  ];
}

/** A 1-based line without its line break; does not split the whole text. */
function lineOf(source: string, line: number): SourceLine | undefined {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = source.indexOf("\n", start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  const found = source.indexOf("\n", start);
  const end = found < 0 ? source.length : found;
  if (line === 1 && source.startsWith("\ufeff")) start = 1;
  return { source, start, end: end > start && source[end - 1] === "\r" ? end - 1 : end };
}

function widthOf(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + (isWide(character) ? 2 : 1), 0);
}
