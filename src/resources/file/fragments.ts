/**
 * A content that is put together from the files of a directory.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { joinPath } from "../shared/files/path.ts";
import { lookAtSource } from "../shared/files/source.ts";
import type { Shape } from "./entry.ts";

const LF = 10;

/** What the files of a directory are together, in the order of their names. */
export async function shapeOfFragments(
  directory: string,
  context: KindContext,
): Promise<Result<Shape>> {
  const root = await lookAtSource(directory, context);
  if (!root.ok) return root;
  const { path, sight } = root.value;
  if (sight.type === "absent") {
    return fail(`the directory of fragments ${directory} does not exist`, {
      code: "source",
      needs: [directory],
      hint: "make it with a file resource; a relative one is looked for beside the graph file",
    });
  }
  if (sight.type !== "directory") {
    return fail(`${directory}, whose files are to be joined, is not a directory`, {
      code: "source",
      hint: "a single file is copied by source",
    });
  }
  const names = await namesIn(path, context);
  if (!names.ok) return names;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (const name of names.value) {
    const piece = await pieceAt(joinPath(path, name), LIMITS.fragmentsBytes - size, context);
    if (!piece.ok) return piece;
    if (piece.value === undefined) continue;
    pieces.push(piece.value);
    size += piece.value.length + 1;
  }
  const content = joined(pieces);
  return ok({ type: "file", content, size: content.length });
}

/** By their signs' numbers, so that it is the same everywhere. */
async function namesIn(path: string, { host, signal }: KindContext): Promise<Result<string[]>> {
  const listed = await host.files.list(path, signal);
  if (!listed.ok) return listed;
  const { entries, unnameable } = listed.value;
  const [nameless] = unnameable;
  if (nameless !== undefined) {
    return fail(`${joinPath(path, nameless.shown)} has a name that is not UTF-8`, {
      code: "source",
      hint: "rename it, so that it has a place among the others",
    });
  }
  const names = entries.map(({ name }) => name).filter((name) =>
    !name.startsWith(".") && !name.endsWith("~") && host.files.isTemporary(name) === undefined
  );
  if (names.length <= LIMITS.fragments) return ok(names.sort((a, b) => a < b ? -1 : 1));
  return fail(`${path} has ${names.length} files; at most ${LIMITS.fragments} are joined`, {
    code: "too-many",
    hint: "look at what put them there",
  });
}

/** What one file says; undefined: it is gone by now. */
async function pieceAt(
  path: string,
  mostBytes: number,
  context: KindContext,
): Promise<Result<Uint8Array | undefined>> {
  const found = await lookAtSource(path, context);
  if (!found.ok) return found;
  const { sight } = found.value;
  if (sight.type === "absent") return ok(undefined);
  if (sight.type !== "file") {
    const what = sight.type === "other" ? sight.what : "a directory";
    return fail(`${path}, which is to be a part of the file, is ${what}`, {
      code: "source",
      hint: "move it away, or begin its name with a dot",
    });
  }
  if (sight.content !== undefined && sight.content.length <= mostBytes) return ok(sight.content);
  const options = { contentUpToBytes: Math.max(mostBytes, 0), signal: context.signal };
  const whole = await context.host.files.look(found.value.path, options);
  if (!whole.ok) return whole;
  if (whole.value.type === "file" && whole.value.content !== undefined) {
    return ok(whole.value.content);
  }
  return fail(`with ${path} the fragments are more than ${LIMITS.fragmentsBytes} bytes`, {
    code: "too-large",
    hint: "look at what put it there",
  });
}

/** One behind the other, each on lines of its own. */
function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const needsEnd = (piece: Uint8Array) => piece.length > 0 && piece.at(-1) !== LF;
  const size = pieces.reduce((sum, piece) => sum + piece.length + (needsEnd(piece) ? 1 : 0), 0);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
    if (needsEnd(piece)) whole[at++] = LF;
  }
  return whole;
}
