import { printable } from "./printable.ts";

/** Rows of cells as lines, each column as wide as its widest cell; control characters are shown. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable));
  const widths = (clean[0] ?? []).map((_, column) =>
    clean.reduce((width, row) => Math.max(width, row[column]!.length), 0)
  );
  return clean.map((row) =>
    `${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()}\n`
  ).join("");
}
