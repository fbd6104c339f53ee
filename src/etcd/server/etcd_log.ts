/**
 * What etcd's log says of its end.
 *
 * @module
 */

import type { EtcdEnd } from "../../cluster/agent/news.ts";
import * as fs from "node:fs";

/** How much of the end of the log is read. */
const TAIL_BYTES = 32 * 1024;
const MESSAGE_MAX = 400;
/** What it complained of longer before was not its end. */
const END_MS = 10_000;

/** Words of etcd for ends after which it cannot just be started again. */
const REMOVED = [/permanently removed from the cluster/, /has been removed from the cluster/];
const FINAL = [
  /no space left on device/,
  /crc mismatch|corrupt|failed to (read|open) WAL/,
  /cluster ID mismatch/,
  /member .* has already been bootstrapped/,
  /permission denied/,
  /not a directory/,
  /address already in use/,
];

/** The size of the log now: what is written later belongs to the next run. */
export function logSize(path: string): number {
  try {
    return fs.statSync(path).size;
  } catch {
    return 0;
  }
}

/**
 * Reads why etcd ended at that time from what its log got since it had that size; what it printed
 * tells of ends that came before the log was open, and of crashes.
 */
export function readEnd(
  path: string,
  fromByte: number,
  output: string,
  endedAt: Date,
): { end: Exclude<EtcdEnd, "unstarted" | "absent">; message: string } {
  const lines = `${readTail(output, 0)}\n${readTail(path, fromByte)}`.split("\n")
    .filter((line) => line !== "" && !isOld(line, endedAt));
  // What it merely mentions says nothing: the settings that it begins with speak of corruption.
  const complaints = lines.filter(isComplaint).join("\n");
  // What it complained of and went on was not its end: it may have been killed since. But a last line that is cut
  // had no room: then nothing could be written of the end itself.
  const last = isCut(lines.at(-1)) ? complaints : lines.filter(isFatal).join("\n");
  const end = REMOVED.some((word) => word.test(complaints))
    ? "removed"
    : FINAL.some((word) => word.test(last))
    ? "final"
    : "other";
  return { end, message: worst(lines).slice(0, MESSAGE_MAX) || "it said nothing" };
}

/** The line that says most; where it only complains, the last few complaints. */
function worst(lines: readonly string[]): string {
  const fatal = isCut(lines.at(-1))
    ? undefined
    : lines.findLast((line) => /^panic:/.test(line) || isLogged(line) && isFatal(line));
  if (fatal !== undefined) return sentence(fatal);
  const complaints = lines.filter(isComplaint);
  return [...new Set(complaints.map(sentence))].slice(-3).join("; ");
}

function isOld(line: string, endedAt: Date): boolean {
  const [, time = ""] = /"ts":"([^"]*)"/.exec(line) ?? [];
  return endedAt.getTime() - Date.parse(time) > END_MS;
}

function isComplaint(line: string): boolean {
  return !/"level":"(debug|info)"/.test(line);
}

/** It ended with this, or had no log yet to say it in. */
function isFatal(line: string): boolean {
  return !isLogged(line) || /"level":"(fatal|panic|dpanic)"/.test(line);
}

function isCut(line: string | undefined): boolean {
  return line !== undefined && isLogged(line) && !line.endsWith("}");
}

function isLogged(line: string): boolean {
  return line.startsWith("{");
}

function readTail(path: string, fromByte: number): string {
  try {
    const file = fs.openSync(path, "r");
    try {
      const { size } = fs.fstatSync(file);
      // A smaller file is a new one: the log was rotated.
      const first = size < fromByte ? 0 : fromByte;
      const from = Math.max(first, size - TAIL_BYTES);
      const bytes = new Uint8Array(Math.max(0, size - from));
      const read = fs.readSync(file, bytes, 0, bytes.length, from);
      const text = new TextDecoder().decode(bytes.subarray(0, read));
      return from === first ? text : text.slice(text.indexOf("\n") + 1);
    } finally {
      fs.closeSync(file);
    }
  } catch {
    return "";
  }
}

/** A line of the log (JSON) as people read it. */
function sentence(line: string): string {
  try {
    const { msg, error } = JSON.parse(line) as { msg?: string; error?: string };
    return [msg, error].filter((part) => part !== undefined && part !== "").join(": ");
  } catch {
    return /"msg":"((?:[^"\\]|\\.)*)/.exec(line)?.[1] ?? line;
  }
}
