/**
 * Temporary directories that only the agent can enter, for a file that must have its own name while a
 * command looks at it, or that others could swap.
 *
 * Many programs look beside a file that they are given, for what it includes by a relative path. So
 * while a command looks, links to what stands beside the target stand in the temporary directory.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { DirectorySection } from "./in_directory.ts";
import { attempt } from "./system_error.ts";
import { enterParent } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";

/** A temporary directory that nobody else can write. */
export interface Folder {
  readonly name: string;
  readonly device: number;
  readonly inode: number;
}

/** What to give to the kernel for an entry. */
type At = (name: string) => string;

/** Makes the directory. */
export function makeFolder(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
): Result<Folder> {
  const name = context.temporaries.name(place.directory.path);
  if (!name.ok) return name;
  return attempt(`make a new file beside ${place.path}`, () => {
    Deno.mkdirSync(inside.at(name.value), { mode: 0o700 });
    const { dev, ino } = Deno.lstatSync(inside.at(name.value));
    return ok({ name: name.value, device: dev, inode: ino ?? 0 });
  });
}

/** Works in the directory, as the last thing that is done inside of the target's. */
export function insideFolder<T>(
  place: ParentEntry,
  inside: DirectorySection,
  folder: Folder,
  work: (at: At) => Result<T>,
): Result<T> {
  // Where nobody else makes entries, the way is what it was.
  if (inside.here !== ".") return work((name) => `${inside.at(folder.name)}/${name}`);
  Deno.chdir(`./${folder.name}`);
  const arrived = Deno.lstatSync(".");
  const same = arrived.ino === folder.inode && arrived.dev === folder.device;
  if (!same || arrived.uid !== Deno.uid() || ((arrived.mode ?? 0) & 0o077) !== 0) {
    return changedMeanwhile(place);
  }
  return work((name) => `./${name}`);
}

/** Runs `work` while what stands beside the target can be found beside the temporary file, too. */
export async function withNeighbours<T>(
  context: FilesContext,
  place: ParentEntry,
  folder: Folder,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const linked = enterParent(
    place,
    (inside) =>
      attempt(`make links to what is beside ${place.path}`, () => {
        const names = neighboursOf(context, place, inside);
        return insideFolder(place, inside, folder, (at) => {
          for (const name of names) Deno.symlinkSync(`../${name}`, at(name));
          return ok(undefined);
        });
      }),
  );
  if (!linked.ok) return linked;
  const done = await work();
  const cleared = enterParent(
    place,
    (inside) =>
      attempt(`remove what is beside the new ${place.path}`, () => {
        const { here } = inside;
        return insideFolder(place, inside, folder, (at) => {
          for (const { name } of [...Deno.readDirSync(here === "." ? "." : at(""))]) {
            // What the command put in the place of a file that is not taken goes, too.
            if (name !== place.name || !done.ok) Deno.removeSync(at(name), { recursive: true });
          }
          return ok(undefined);
        });
      }),
  );
  return cleared.ok || !done.ok ? done : cleared;
}

/** Of too many none are linked: a command that needs them says so. */
function neighboursOf(
  { temporaries }: FilesContext,
  place: ParentEntry,
  { here }: DirectorySection,
): string[] {
  const names: string[] = [];
  for (const { name } of Deno.readDirSync(here)) {
    // What is no UTF-8 cannot be named.
    if (name === place.name || temporaries.matches(name) || name.includes("\ufffd")) continue;
    if (names.push(name) > LIMITS.neighbours) return [];
  }
  return names;
}

/** The failure for a directory in which somebody else moved things. */
export function changedMeanwhile(place: ParentEntry): Result<never> {
  return fail(`${place.directory.path} changed while ${place.path} was being written`, {
    code: "changed",
    hint: "it is tried again",
  });
}
