/**
 * Writes a bundle: for its owner alone, never over a file that is there unless told, never through a link,
 * and whole or not at all.
 *
 * @module
 */

import { resolve } from "node:path";
import { ok, type Result } from "../../../base/result.ts";
import { WholeFile } from "../../../os/files/whole_file.ts";
import { createLocalClock } from "../../../os/local_clock.ts";
import { createLocalRandom } from "../../../os/local_random.ts";
import { type ArchivedText, tarOf } from "./tar.ts";

/** Writes it; the result is where, absolute. */
export async function writeBundle(
  name: string,
  contents: readonly ArchivedText[],
  force: boolean,
): Promise<Result<string>> {
  const path = resolve(name);
  const opened = WholeFile.open(path, force, createLocalRandom().hex(4));
  if (!opened.ok) return opened;
  const file = opened.value;
  const archive = await tarOf(contents, createLocalClock().wall().getTime());
  const packed = archive.stream().pipeThrough(new CompressionStream("gzip"));
  const failed = await file.write(new Uint8Array(await new Response(packed).arrayBuffer()));
  if (failed !== undefined) {
    file.discard();
    return { ok: false, failure: failed };
  }
  const named = file.finish();
  return named.ok ? ok(path) : named;
}
