/**
 * What apt and dpkg printed during a transaction of PackageKit, which itself tells only one line of it.
 *
 * @module
 */

import { open, stat } from "node:fs/promises";
import { AptOutput } from "../apt/output.ts";

const TERM_LOG = "/var/log/apt/term.log";
/** Of what was printed, the end. */
const READ_BYTES = 256 * 1024;

/** Remembers where the log ended; `since` reads what came after. */
export async function markTermLog(): Promise<{ since(): Promise<AptOutput> }> {
  const startBytes = await sizeOf(TERM_LOG);
  return { since: () => read(startBytes) };
}

async function read(startBytes: number): Promise<AptOutput> {
  const output = new AptOutput(() => {});
  const endBytes = await sizeOf(TERM_LOG);
  // It may have been rotated meanwhile.
  const fromBytes = Math.max(endBytes < startBytes ? 0 : startBytes, endBytes - READ_BYTES);
  const buffer = new Uint8Array(Math.max(0, endBytes - fromBytes));
  try {
    const file = await open(TERM_LOG);
    try {
      await file.read(buffer, 0, buffer.length, fromBytes);
    } finally {
      await file.close();
    }
  } catch {
    // It only makes failures say more.
    return output;
  }
  for (const line of new TextDecoder().decode(buffer).split("\n")) {
    output.line(line.slice(line.lastIndexOf("\r", line.length - 2) + 1).trimEnd());
  }
  return output;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
