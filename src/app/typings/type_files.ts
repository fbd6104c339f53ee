/**
 * What `mgmt types` and `mgmt init` write.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import { buildVersion } from "../../os/build.ts";
import type { Files, Sight } from "../../os/files/files.ts";
import { createLocalFiles } from "../../os/files/local_files.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { isModuleText, moduleText, sameDeclarations } from "./module_text.ts";
import { STARTER_FILES } from "./starter.ts";

/** The file of types. */
export const TYPES_FILE = "mgmt.d.ts";

/** A file of types may be a few times as large as ours. */
const TYPES_BYTES = 1024 * 1024;

/** What is done with the file of types. */
type Renewal = "made" | "renewed" | "same";

/** The types of this program. */
export function typesText(): string {
  return moduleText(buildVersion());
}

/** Writes the types into a directory, named as the user does; never over a file that is another's. */
export async function writeTypes(directory: string): Promise<Result<Renewal>> {
  return await withFiles(async (files) => {
    const path = join(resolve(directory), TYPES_FILE);
    const seen = await files.look(path, { contentUpToBytes: TYPES_BYTES });
    if (!seen.ok) return seen;
    if (seen.value.type === "absent") {
      if (seen.value.nearestParent !== undefined) {
        return fail(`there is no directory ${resolve(directory)}`, {
          hint: "mgmt init makes one, with an example",
        });
      }
      const written = await write(files, path, typesText(), seen.value);
      return written.ok ? ok("made") : written;
    }
    const text = textOf(seen.value);
    if (text === undefined || !isModuleText(text)) {
      return fail(`${path} is there, and is none that mgmt made`, {
        code: "exists",
        hint: "move it away, or name another directory",
      });
    }
    if (text === typesText()) return ok("same");
    const written = await write(files, path, typesText(), seen.value);
    return written.ok ? ok("renewed") : written;
  });
}

/** Whether a directory has types of an mgmt that knows other kinds or fields. */
export async function hasOtherTypes(directory: string): Promise<boolean> {
  return await withFiles(async (files) => {
    const seen = await files.look(join(resolve(directory), TYPES_FILE), {
      contentUpToBytes: TYPES_BYTES,
    });
    const text = seen.ok ? textOf(seen.value) : undefined;
    return text !== undefined && isModuleText(text) && !sameDeclarations(text, typesText());
  });
}

/** Writes the example into a directory, which may be there; the result are the names of its files. */
export async function writeStarter(directory: string): Promise<Result<readonly string[]>> {
  return await withFiles(async (files) => {
    const root = resolve(directory);
    const all = [...STARTER_FILES, { path: TYPES_FILE, text: typesText() }];
    const taken = await takenOf(files, root, all.map(({ path }) => path));
    if (!taken.ok) return taken;
    if (taken.value.length > 0) {
      const are = taken.value.length === 1 ? "is" : "are";
      return fail(`${root} has ${taken.value.join(", ")} already, which ${are} not overwritten`, {
        code: "exists",
        hint: "name a new directory; mgmt types renews the types alone",
      });
    }
    for (const { path, text } of all) {
      const target = join(root, path);
      const made = await makeWay(files, root, path);
      if (!made.ok) return made;
      const written = await write(files, target, text, { type: "absent" });
      if (!written.ok) return written;
    }
    return ok(all.map(({ path }) => path));
  });
}

/** The files that stand in the way of others. */
async function takenOf(
  files: Files,
  root: string,
  paths: readonly string[],
): Promise<Result<readonly string[]>> {
  const taken: string[] = [];
  for (const path of paths) {
    const seen = await files.look(join(root, path));
    if (!seen.ok) return seen;
    if (seen.value.type !== "absent") taken.push(path);
  }
  return ok(taken);
}

/** Makes the directories that lead to a file, the root among them. */
async function makeWay(files: Files, root: string, path: string): Promise<Result<void>> {
  const parts = path.split("/").slice(0, -1);
  const ways = [root, ...parts.map((_, index) => join(root, ...parts.slice(0, index + 1)))];
  for (const way of ways) {
    const seen = await files.look(way);
    if (!seen.ok) return seen;
    if (seen.value.type === "directory") continue;
    if (seen.value.type !== "absent") return fail(`${way} is no directory`, { code: "exists" });
    if (seen.value.nearestParent !== undefined) {
      return fail(
        `cannot make ${way}: of what it is in only ${seen.value.nearestParent} is there`,
        {
          hint: "make the directory that it is in first",
        },
      );
    }
    const made = await files.makeDirectory(way, { mode: 0o755 });
    if (!made.ok) return made;
  }
  return ok(undefined);
}

async function write(
  files: Files,
  path: string,
  text: string,
  seen: Sight,
): Promise<Result<void>> {
  return await files.write({
    path,
    content: new TextEncoder().encode(text),
    seen,
    ifUnchanged: true,
    // Who could write them could have another's agent do what he likes.
    ...(seen.type === "absent" ? { mode: 0o644 } : {}),
  });
}

function textOf(sight: Sight): string | undefined {
  return sight.type === "file" && sight.content !== undefined
    ? new TextDecoder().decode(sight.content)
    : undefined;
}

async function withFiles<T>(work: (files: Files) => Promise<T>): Promise<T> {
  const parts = { clock: createLocalClock(), random: createLocalRandom() };
  const files = createLocalFiles({ ...parts, prefix: undefined });
  const done = await work(files);
  await files.landed();
  return done;
}
