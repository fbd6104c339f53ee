/**
 * Sums of contents, and the copies that are kept by them.
 *
 * @module
 */

import process from "node:process";
import { chain, chainOk } from "../../base/chain.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { eachPiece } from "./content.ts";
import type { Content } from "./files.ts";
import type { FilesContext } from "./files_context.ts";
import { look } from "./look.ts";

/** The SHA-256 of a content, as hexadecimal digits. */
export function sum(
  context: FilesContext,
  content: Content,
  signal?: AbortSignal,
): Awaitable<Result<string>> {
  // Loaded when it is first needed: most runs change nothing.
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
  if (content instanceof Uint8Array) return ok(hash.update(content).digest("hex"));
  return chainOk(
    eachPiece(context, content, signal, (piece) => {
      hash.update(piece);
      return Promise.resolve(ok(undefined));
    }),
    () => ok(hash.digest("hex")),
  );
}

/** The copy with that sum below a state directory: what a crash or somebody else spoiled is none. */
export function kept(
  context: FilesContext,
  prefix: string | undefined,
  sha256: string,
  signal?: AbortSignal,
): Awaitable<Result<Content>> {
  const path = `${prefix}/backups/${sha256}`;
  const gone = () =>
    fail(`no copy of that content (sha256 ${sha256.slice(0, SHOWN_DIGITS)}…) is kept any more`, {
      code: "no-copy",
      hint: "only the newest copies are kept; look for it in other backups of the host",
    });
  if (prefix === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return gone();
  return chain(look(context, path), (seen) => {
    if (!seen.ok || seen.value.type !== "file") return gone();
    const copy = { copyOf: path };
    return chainOk(sum(context, copy, signal), (found) => found === sha256 ? ok(copy) : gone());
  });
}

const SHOWN_DIGITS = 12;
