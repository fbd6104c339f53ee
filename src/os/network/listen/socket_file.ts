/**
 * A Unix socket with a name in a directory that only its owner can write: at no moment anybody connects
 * who should not, and one that a killed process left is replaced.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { fail, ok, reasonOf, type Result } from "../../../base/result.ts";
import { ownUid } from "../../accounts.ts";
import { lstat } from "../../files/stat.ts";
import { acceptFrom, type ListenLimits, type OpenListener, type Serve } from "./listener.ts";

/** The longest path that a socket has, in bytes (unix(7)). */
const PATH_BYTES_MAX = 107;
const NEW = "new";
/** Begins the names of directories for sockets whose own path is too long. */
const ELSEWHERE = "mgmt-socket-";

/** Where a socket is. */
export interface SocketPlace {
  /** Absolute. */
  readonly path: string;
  /** The group whose members may connect, too; absent: nobody but the owner. */
  readonly gid?: number;
  /** Also leads there, as far as that can be had. */
  readonly link?: string;
}

/** An open listener with a name in the file system. */
export interface FileListener extends OpenListener {
  /** Whether the name still leads to it. */
  hasName(): boolean;
}

/**
 * Listens at a socket. Where its path is too long, the socket is in a directory of its own with a short
 * path, which nobody else can enter, and a link to it has the name.
 */
export function listenAtFile(
  place: SocketPlace,
  limits: ListenLimits,
  serve: Serve,
): Result<FileListener> {
  const { path } = place;
  const file = new SocketFile(place);
  try {
    const listener = acceptFrom(() => file.open(), limits, serve);
    return ok({
      hasName: () => file.hasName(),
      close: async () => {
        // Another may listen there by now, where the directory was moved away.
        file.close();
        await listener.close();
      },
    });
  } catch (thrown) {
    file.clear();
    return fail(`cannot make the socket ${path}: ${reasonOf(thrown)}`, { code: "socket" });
  }
}

/**
 * Where to connect to for the socket with that name. A link is followed only into a directory that
 * nobody but the link's owner can enter. A failure's code is `nobody` where there is none, else `unsafe`.
 */
export function socketPath(path: string): Result<string> {
  const found = lstat(path);
  if (found?.isSocket) return ok(path);
  if (!found?.isSymlink) return fail(`nobody listens at ${path}`, { code: "nobody" });
  const target = Deno.readLinkSync(path);
  const directory = lstat(dirname(target));
  if (directory === undefined) return fail(`nobody listens at ${path}`, { code: "nobody" });
  if (isPrivate(dirname(target), found.uid)) return ok(target);
  return fail(`${path} leads to ${target}, which others could have put there`, {
    code: "unsafe",
    hint: "start the agent again: it makes a new one",
  });
}

class SocketFile {
  readonly #path: string;
  readonly #place: SocketPlace;
  /** The directory elsewhere that has the socket. */
  #elsewhere: string | undefined;
  /** What has the name, as {@linkcode entryAt} tells of it. */
  #made: string | undefined;

  constructor(place: SocketPlace) {
    this.#place = place;
    this.#path = place.path;
  }

  open(): Deno.Listener {
    this.clear();
    // The longer one, at which it begins.
    const fits = byteLength(this.#draft) <= PATH_BYTES_MAX;
    const listener = fits ? this.#openHere() : this.#openElsewhere();
    this.#made = entryAt(this.#path);
    const { link } = this.#place;
    if (link !== undefined) quietly(() => Deno.symlinkSync(this.#path, link));
    return listener;
  }

  hasName(): boolean {
    return this.#made !== undefined && entryAt(this.#path) === this.#made;
  }

  close(): void {
    if (this.hasName()) return this.clear();
    if (this.#elsewhere !== undefined) removeTree(this.#elsewhere);
    this.#elsewhere = undefined;
  }

  /** Where it is until it is as it should be. */
  get #draft(): string {
    return join(dirname(this.#path), `.${basename(this.#path)}`, NEW);
  }

  #openHere(): Deno.Listener {
    // It gets its name when it is as it should be. Others may make theirs in the same directory.
    const draft = this.#draft;
    const nursery = dirname(draft);
    removeTree(nursery);
    Deno.mkdirSync(nursery, { mode: 0o700 });
    try {
      const listener = openPrivately(draft);
      const { gid } = this.#place;
      return orClosed(listener, () => {
        if (gid !== undefined) {
          Deno.chownSync(draft, null, gid);
          Deno.chmodSync(draft, 0o660);
        }
        Deno.renameSync(draft, this.#path);
      });
    } finally {
      removeTree(nursery);
    }
  }

  /** Its name is new, so that nobody else can have made the directory before. */
  #openElsewhere(): Deno.Listener {
    this.#elsewhere = Deno.makeTempDirSync({ dir: shortPlace(), prefix: ELSEWHERE });
    const socket = join(this.#elsewhere, NEW);
    const listener = openPrivately(socket);
    return orClosed(listener, () => Deno.symlinkSync(socket, this.#path));
  }

  /** Removes the socket, and that of whoever had this path before; nobody listens there any more. */
  clear(): void {
    const found = lstat(this.#path);
    const target = found?.isSymlink ? Deno.readLinkSync(this.#path) : undefined;
    const directories = [this.#elsewhere, target && dirname(target)];
    for (const directory of directories) {
      if (directory?.split("/").at(-1)?.startsWith(ELSEWHERE) && isPrivate(directory, ownUid())) {
        removeTree(directory);
      }
    }
    this.#elsewhere = undefined;
    if (found !== undefined && !found.isDirectory) quietly(() => Deno.removeSync(this.#path));
    const { link } = this.#place;
    if (link !== undefined && lstat(link)?.isDirectory !== true) {
      quietly(() => Deno.removeSync(link));
    }
  }
}

/** What stands at a path, so that it differs for what is another socket; undefined: none does. */
function entryAt(path: string): string | undefined {
  try {
    const found = lstat(path);
    // A link's inode may be that of a former one; its target is new each time.
    const target = found?.isSymlink ? Deno.readLinkSync(path) : undefined;
    const end = target === undefined ? found : lstat(target);
    return end?.isSocket ? `${end.dev}:${end.ino} ${target ?? ""}` : undefined;
  } catch {
    return undefined;
  }
}

/** The directory has no entrance for others, so the mode of the moment does not matter. */
function openPrivately(path: string): Deno.Listener {
  const listener = Deno.listen({ transport: "unix", path });
  return orClosed(listener, () => Deno.chmodSync(path, 0o600));
}

function orClosed(listener: Deno.Listener, action: () => void): Deno.Listener {
  try {
    action();
    return listener;
  } catch (thrown) {
    listener.close();
    throw thrown;
  }
}

/** Of root what does not go with a session; of others the directory of theirs, where there is one. */
function shortPlace(): string {
  const uid = ownUid();
  const own = `/run/user/${uid}`;
  if (uid === 0) return "/run";
  return isPrivate(own, uid) ? own : "/tmp";
}

function isPrivate(directory: string, uid: number | null): boolean {
  const found = lstat(directory);
  return found?.isDirectory === true && found.uid === uid && ((found.mode ?? 0) & 0o077) === 0;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function removeTree(path: string): void {
  quietly(() => Deno.removeSync(path, { recursive: true }));
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // What is not there need not go; what cannot go is in the way of the next step, which says so.
  }
}
