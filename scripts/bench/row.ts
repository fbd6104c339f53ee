/**
 * What a row of the benchmark is, and the table that the rows make.
 *
 * @module
 */

import type { Programs } from "./programs.ts";

/** One judged value: a ratio, milliseconds, megabytes or a share. */
export interface Figure {
  readonly what: string;
  /** What was measured, with what it is compared with, as text. */
  readonly measured: string;
  /** The value that is judged, in the unit of `must` and `goal`. */
  readonly value: number;
  /** Appended to value, must and goal. */
  readonly unit: string;
  /** Undefined: for comparison only. */
  readonly must?: number;
  readonly goal?: number;
  /** All numbers behind it, for the JSON. */
  readonly details?: unknown;
}

export interface Context {
  readonly programs: Programs;
  /** A directory of the benchmark's own, on a real file system, removed at the end. */
  readonly directory: string;
  readonly quick: boolean;
  readonly say: (text: string) => void;
}

export interface Row {
  readonly name: string;
  readonly measure: (context: Context) => Promise<readonly Figure[]>;
}

export type Verdict = "goal" | "must" | "NO" | "";

export function verdict(figure: Figure): Verdict {
  if (figure.must === undefined) return "";
  if (!(figure.value <= figure.must)) return "NO";
  return figure.goal === undefined || figure.value <= figure.goal ? "goal" : "must";
}

export function table(figures: readonly Figure[]): string {
  const rows = [
    ["what", "measured", "value", "must", "goal", "met"],
    ...figures.map((figure) => {
      const limit = (value?: number) => !value ? "" : `≤ ${value}${figure.unit}`;
      const value = `${short(figure.value)}${figure.unit}`;
      return [
        figure.what,
        figure.measured,
        value,
        limit(figure.must),
        limit(figure.goal),
        verdict(figure),
      ];
    }),
  ];
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? "").length));
  const widths = (rows[0] ?? []).map((_, column) => width(column));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

/** Three digits are enough. */
export function short(value: number): string {
  if (Number.isNaN(value)) return "?";
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(value >= 0.1 ? 2 : 3);
}

export function ms(value: number): string {
  return value >= 1000 ? `${short(value / 1000)} s` : `${short(value)} ms`;
}
