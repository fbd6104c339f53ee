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
import type { Content, Stat, StreamedContent } from "./files.ts";
import type { FilesContext } from "./files_context.ts";
import { look } from "./look.ts";
import { lstat } from "./stat.ts";
import { attempt } from "./system_error.ts";

/** The SHA-256 of a content, as hexadecimal digits. */
export function sum(
  context: FilesContext,
  content: Content | StreamedContent,
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

/**
 * The copy with that sum below a state directory: what a crash or somebody else spoiled is none, and what
 * others may write, now or while it is put back, is refused.
 */
export function kept(
  context: FilesContext,
  prefix: string | undefined,
  sha256: string,
  signal?: AbortSignal,
): Awaitable<Result<Content>> {
  const gone = () =>
    fail(`no copy of that content (sha256 ${sha256.slice(0, SHOWN_DIGITS)}…) is kept any more`, {
      code: "no-copy",
      hint: "only the newest copies are kept; look for it in other backups of the host",
    });
  if (prefix === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return gone();
  const copyAt = (path: string) =>
    chain(look(context, path), (seen): Awaitable<Result<Content>> => {
      if (!seen.ok || seen.value.type === "absent") return gone();
      const why = distrusted(context, seen.value.stat);
      if (why !== undefined) return refused(path, why);
      const copy = { copyOf: path };
      return chainOk(sum(context, copy, signal), (found) => found === sha256 ? ok(copy) : gone());
    });
  return chain(
    copyAt(`${prefix}/backups/${sha256}`),
    (found) =>
      found.ok ? found : chain(
        copyAt(`${prefix}/${PINNED}/${sha256}`),
        (pinned) => pinned.ok || found.failure.code !== UNSAFE ? pinned : found,
      ),
  );
}

const UNSAFE = "unsafe-copy";

/** Why a copy is not the agent's own; undefined: it is. */
function distrusted({ agentUid }: FilesContext, stat: Stat): string | undefined {
  if (stat.type === "symlink") return "is a link";
  if (stat.type !== "file") return "is no file";
  if (stat.uid !== agentUid && stat.uid !== 0) return `belongs to the user ${stat.uid}`;
  return (stat.mode & 0o022) === 0 ? undefined : "may be written by others";
}

function refused(path: string, why: string): Result<never> {
  return fail(`the copy ${path} ${why}, so it is not put back`, {
    code: UNSAFE,
    hint:
      "find out who did that; if its content is right, make it a file of the agent's user, mode 600",
  });
}

/** Where copies are that stay: other names of those that may go. */
const PINNED = "pinned";

/** Has a copy below a state directory stay. */
export function pin(prefix: string | undefined, sha256: string): Result<void> {
  if (prefix === undefined) return ok(undefined);
  return attempt("keep a copy for good", () => {
    const [directory, copy] = [`${prefix}/${PINNED}`, `${prefix}/backups/${sha256}`];
    if (lstat(`${directory}/${sha256}`) !== undefined || lstat(copy) === undefined) {
      return ok(undefined);
    }
    if (lstat(directory) === undefined) Deno.mkdirSync(directory, { mode: 0o700 });
    Deno.linkSync(copy, `${directory}/${sha256}`);
    return ok(undefined);
  });
}

/** Lets a copy that was to stay go the way of the others: it is the newest of them for now. */
export function unpin(
  { clock }: FilesContext,
  prefix: string | undefined,
  sha256: string,
): Result<void> {
  const [path, copy] = [`${prefix}/${PINNED}/${sha256}`, `${prefix}/backups/${sha256}`];
  return attempt("let a copy go", () => {
    if (prefix === undefined || lstat(path) === undefined) return ok(undefined);
    const now = clock.wall();
    Deno.utimeSync(path, now, now);
    if (lstat(copy) === undefined) Deno.linkSync(path, copy);
    Deno.removeSync(path);
    return ok(undefined);
  });
}

const SHOWN_DIGITS = 12;
