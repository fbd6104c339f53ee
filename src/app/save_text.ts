import { resolve } from "node:path";
import type { Result } from "../base/result.ts";
import { createLocalFiles } from "../os/files/local_files.ts";
import { createLocalClock } from "../os/local_clock.ts";
import { createLocalRandom } from "../os/local_random.ts";
import { writeOutput } from "../os/output_file.ts";

/** Writes a file for a command that has no agent; `file` is as the user named it. */
export async function saveText(file: string, text: string): Promise<Result<void>> {
  const parts = { clock: createLocalClock(), random: createLocalRandom() };
  const files = createLocalFiles({ ...parts, prefix: undefined });
  const written = await writeOutput(files, resolve(file), new TextEncoder().encode(text));
  await files.landed();
  return written;
}
