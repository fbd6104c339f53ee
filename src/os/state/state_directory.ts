/**
 * Small durable files below the prefix: written to a temporary name, synced, renamed. A crash at any
 * point leaves the old file or the new one.
 *
 * @module
 */

import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import * as descriptors from "../files/descriptors.ts";

/** Files in one directory are no more than this. */
const ENTRIES_LIMIT = 100_000;

/** One directory of small files, made when the first is written. */
export interface StateDirectory {
  readonly path: string;
  /** Replaces a file; durable when it returns. `writer` tells those apart that may do so at once. */
  write(name: string, content: string | Uint8Array, writer?: string): Result<void>;
  /** Removes a file; harmless when there is none. */
  remove(name: string): Result<void>;
  /** The text of a file; undefined: there is none, or it cannot be read. */
  read(name: string): string | undefined;
  /** Texts of all files by name; what cannot be read is left out. */
  readAll(): Result<ReadonlyMap<string, string>>;
}

/** A name for `key` that is safe and short, whatever the key holds. */
export function stateName(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 40);
}

/** Where root's agent keeps its state, unless it is told. */
export const ROOT_PREFIX = "/var/lib/mgmt";

/** Where state is kept if the user names no place: /var/lib for root, else the XDG directory. */
export function defaultPrefix(): Result<string> {
  if (Deno.uid() === 0) return ok(ROOT_PREFIX);
  const state = Deno.env.get("XDG_STATE_HOME");
  if (state?.startsWith("/")) return ok(join(state, "mgmt"));
  const home = Deno.env.get("HOME");
  if (home?.startsWith("/")) return ok(join(home, ".local/state/mgmt"));
  return fail("there is no place to keep state: HOME is not set", {
    hint: "name one with --prefix, or use --tmp-prefix",
  });
}

/** Names of the directories in a directory; none where it is not there or may not be read. */
export function directoriesIn(path: string): readonly string[] {
  try {
    return fs.readdirSync(path, { withFileTypes: true }).slice(0, ENTRIES_LIMIT)
      .filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** A fresh directory that nobody else can enter, and how to remove it. */
export function temporaryDirectory(
  purpose: string,
): Result<{ readonly path: string; remove(): void }> {
  return attempt(`cannot make a directory for ${purpose}`, () => {
    const path = Deno.makeTempDirSync({ prefix: "mgmt-" });
    return { path, remove: () => fs.rmSync(path, { recursive: true, force: true }) };
  });
}

/** Opens the directory `path` (absolute); nothing is made until something is written. */
export function stateDirectory(path: string): StateDirectory {
  return {
    path,
    write: (name, content, writer = "") =>
      attempt(
        `cannot write ${join(path, name)}`,
        () => writeDurably(path, name, content, `.${name}${writer}~`),
      ),
    remove: (name) =>
      attempt(`cannot remove ${join(path, name)}`, () => {
        fs.rmSync(join(path, name), { force: true });
      }),
    read: (name) => {
      const text = attempt(`cannot read ${name}`, () => readText(join(path, name)));
      return text.ok ? text.value : undefined;
    },
    readAll: () => attempt(`cannot read ${path}`, () => readAll(path)),
  };
}

function writeDurably(
  path: string,
  name: string,
  content: string | Uint8Array,
  draft: string,
): void {
  fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  const temporary = join(path, draft);
  // What a crash has left there; and nothing that was put there is written into.
  fs.rmSync(temporary, { force: true });
  const file = descriptors.openNew(temporary);
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    descriptors.writeAll(file, bytes);
    descriptors.sync(file);
  } finally {
    descriptors.close(file);
  }
  fs.renameSync(temporary, join(path, name));
  descriptors.syncDirectory(path);
}

function readAll(path: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const name of namesIn(path).slice(0, ENTRIES_LIMIT)) {
    if (!name.startsWith(".")) texts.set(name, readText(join(path, name)));
  }
  return texts;
}

/** What is no regular file is not waited for. */
function readText(path: string): string {
  const file = descriptors.openToRead(path);
  try {
    const { isFile, size } = descriptors.statOpen(file);
    if (!isFile) throw new Error("not a regular file");
    return new TextDecoder().decode(descriptors.readUpTo(file, size));
  } finally {
    descriptors.close(file);
  }
}

/** What is not there is empty; what may not be read is not. */
function namesIn(path: string): readonly string[] {
  try {
    return fs.readdirSync(path);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

function attempt<T>(what: string, action: () => T): Result<T> {
  try {
    return ok(action());
  } catch (thrown) {
    const hint = isForbidden(thrown)
      ? "it belongs to another user: do this as that user, for instance with sudo"
      : "check the prefix: its owner, its file system, the space left";
    const reason = codeOf(thrown) === "EACCES" ? "permission denied" : reasonOf(thrown);
    return fail(`${what}: ${reason}`, { hint });
  }
}

function isForbidden(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === "EACCES" || code === "EPERM";
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}
