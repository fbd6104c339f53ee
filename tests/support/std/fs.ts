/**
 * What scripts and tests use of `@std/fs`, with its names and signatures.
 *
 * @module
 */

import { basename, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What {@linkcode existsSync} also asks of a path. */
export interface ExistsOptions {
  /** It can be read, by its permission bits, by this user. */
  isReadable?: boolean;
  isDirectory?: boolean;
  isFile?: boolean;
}

/** How {@linkcode copySync} copies. */
export interface CopyOptions {
  /** Replaces what is there; otherwise that is an error. */
  overwrite?: boolean;
}

/** What {@linkcode walkSync} goes through and yields. */
export interface WalkOptions {
  /** Directories below each other that are entered; 0: only the root itself is yielded. */
  maxDepth?: number;
  includeFiles?: boolean;
  includeDirs?: boolean;
  includeSymlinks?: boolean;
  /** Only paths that end with one of these, with or without a dot before it. */
  exts?: string[];
  /** Only paths that one of these fits. */
  match?: RegExp[];
  /** No path that one of these fits, nor anything below it. */
  skip?: RegExp[];
}

/** One entry, with its path from where the root's path starts. */
export interface WalkEntry extends Deno.DirEntry {
  path: string;
}

/** Whether there is something at a path, a link followed. */
export function existsSync(path: string | URL, options?: ExistsOptions): boolean {
  if (options?.isDirectory && options.isFile) {
    throw new TypeError("isDirectory and isFile cannot both be true");
  }
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  if (options?.isDirectory && !info.isDirectory) return false;
  if (options?.isFile && !info.isFile) return false;
  return options?.isReadable !== true || isReadable(info);
}

function isReadable({ mode, uid, gid }: Deno.FileInfo): boolean {
  if (mode === null || Deno.uid() === 0) return true;
  if (uid === Deno.uid()) return (mode & 0o400) !== 0;
  return (mode & (gid === Deno.gid() ? 0o040 : 0o004)) !== 0;
}

/** Makes a directory and those above it, where they are missing. Something else there is an error. */
export function ensureDirSync(dir: string | URL): void {
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    if (!Deno.statSync(dir).isDirectory) throw error;
  }
}

/** Copies a file, a link as a link, or a directory with all that is in it. */
export function copySync(src: string | URL, dest: string | URL, options: CopyOptions = {}): void {
  const from = resolve(pathOf(src));
  const to = resolve(pathOf(dest));
  if (from === to) throw new Error(`Source and destination cannot be the same: '${from}'`);
  if (Deno.lstatSync(from).isDirectory && to.startsWith(`${from}/`)) {
    throw new Error(`Cannot copy '${from}' to a subdirectory of itself: '${to}'`);
  }
  copyEntry(from, to, options.overwrite ?? false);
}

function copyEntry(from: string, to: string, overwrite: boolean): void {
  const info = Deno.lstatSync(from);
  const there = isThere(to);
  if (there && !overwrite) throw new Deno.errors.AlreadyExists(`'${to}' already exists.`);
  if (info.isDirectory) {
    ensureDirSync(to);
    for (const { name } of Deno.readDirSync(from)) {
      copyEntry(join(from, name), join(to, name), overwrite);
    }
  } else if (info.isSymlink) {
    if (there) Deno.removeSync(to);
    Deno.symlinkSync(Deno.readLinkSync(from), to);
  } else Deno.copyFileSync(from, to);
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** All that is at and below a path, each directory before what is in it. Links are not followed. */
export function* walkSync(
  root: string | URL,
  options: WalkOptions = {},
): IterableIterator<WalkEntry> {
  const { maxDepth = Infinity, includeFiles = true, includeDirs = true, includeSymlinks = true } =
    options;
  if (maxDepth < 0) return;
  const path = normalize(pathOf(root));
  const skipped = options.skip?.some((pattern) => pattern.test(path)) ?? false;
  if (includeDirs && fits(path, options)) yield entryAt(path);
  if (maxDepth < 1 || skipped) return;
  for (const entry of Deno.readDirSync(path)) {
    const below = { ...entry, path: join(path, entry.name) };
    if (entry.isDirectory) yield* walkSync(below.path, { ...options, maxDepth: maxDepth - 1 });
    else if ((entry.isSymlink ? includeSymlinks : includeFiles) && fits(below.path, options)) {
      yield below;
    }
  }
}

function entryAt(path: string): WalkEntry {
  const { isFile, isDirectory, isSymlink } = Deno.statSync(path);
  return { path, name: basename(path), isFile, isDirectory, isSymlink };
}

function fits(path: string, { exts, match, skip }: WalkOptions): boolean {
  if (exts && !exts.some((ext) => path.endsWith(ext.startsWith(".") ? ext : `.${ext}`))) {
    return false;
  }
  if (match && !match.some((pattern) => pattern.test(path))) return false;
  return !skip?.some((pattern) => pattern.test(path));
}

function pathOf(place: string | URL): string {
  return place instanceof URL ? fileURLToPath(place) : place;
}
