/**
 * Writes a bundle: for its owner alone, never over a file that is there unless told, never through a link,
 * and whole or not at all.
 *
 * @module
 */

import { resolve } from "node:path";
import { shellWord } from "../../../base/shell_word.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import { createLocalFiles } from "../../../os/files/local_files.ts";
import { createLocalClock } from "../../../os/local_clock.ts";
import { createLocalRandom } from "../../../os/local_random.ts";
import type { Files } from "../../../os/files/files.ts";
import { type ArchivedText, tarOf } from "./tar.ts";

/** Writes it; the result is where, absolute. */
export async function writeBundle(
  file: string,
  contents: readonly ArchivedText[],
  force: boolean,
): Promise<Result<string>> {
  const clock = createLocalClock();
  const files = createLocalFiles({ clock, random: createLocalRandom(), prefix: undefined });
  const path = resolve(file);
  const archive = tarOf(contents, clock.wall().getTime());
  const packed = new Blob([archive]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const written = await place(files, path, bytes, force);
  await files.landed();
  return written.ok ? ok(path) : written;
}

async function place(
  files: Pick<Files, "look" | "write">,
  path: string,
  content: Uint8Array,
  force: boolean,
): Promise<Result<unknown>> {
  const seen = await files.look(path);
  if (!seen.ok) return refused(path, seen.failure);
  const { type } = seen.value;
  if (type !== "absent" && type !== "file") {
    return fail(`cannot write ${path}: it is no regular file, and is not replaced`, {
      code: "not-a-file",
      hint: "name another file",
    });
  }
  if (type === "file" && !force) return isThere(path);
  const written = await files.write({
    path,
    content,
    mode: 0o600,
    seen: seen.value,
    ifUnchanged: true,
  });
  if (written.ok) return written;
  // Somebody else made it meanwhile, perhaps this command said twice.
  return written.failure.code === "changed" && !force
    ? isThere(path)
    : refused(path, written.failure);
}

function isThere(path: string): Result<never> {
  return fail(`${path} is there already`, {
    code: "exists",
    hint: `name another file; or replace it: --force --bundle ${shellWord(path)}`,
  });
}

function refused(
  path: string,
  failure: { readonly message: string; readonly hint?: string; readonly code?: string },
): Result<never> {
  const { message, ...more } = failure;
  return fail(`cannot write ${path}: ${message}`, {
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    ...(more.code === undefined ? {} : { code: more.code }),
  });
}
