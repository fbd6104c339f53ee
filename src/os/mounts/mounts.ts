/**
 * What is mounted where, read from the kernel, so that a directory on a mount that may hang is
 * known before it is touched.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** One mounted file system. */
export interface Mount {
  /** The directory it is mounted on. */
  readonly point: string;
  /** The kernel's name of the file system, for instance `ext4` or `fuse.sshfs`. */
  readonly type: string;
  /** Whether another machine or process answers for it, so that any call may hang. */
  readonly remote: boolean;
  /**
   * Whether, of a file that was renamed over another and not synced yet, a power failure leaves the
   * old or the whole new content.
   */
  readonly keepsOrder: boolean;
}

/** The mounted file systems. */
export interface Mounts {
  /** The one that is mounted exactly on this directory. */
  on(path: string): Mount | undefined;
  /** The one that holds this path; `path` is absolute and has no links or `..` in it. */
  holding(path: string): Mount;
  /** Those mounted on or below a path; asks the kernel anew. */
  below(path: string): readonly Mount[];
}

/** {@linkcode Mounts} that can be told of changes. */
export interface ToldMounts extends Mounts {
  /**
   * With true, every change will be told by `changed`, so that a reading is believed until then;
   * otherwise it is for a moment only.
   */
  tell(promised: boolean): void;
  /** Something was mounted or unmounted. */
  changed(): void;
}

/** How long a reading of the kernel's table is believed where nobody tells of changes. */
const FRESH_MS = 250;

/** Room for the table to begin with, and what is read at most. */
const TABLE_BYTES = 16 * 1024;
const TABLE_LIMIT_BYTES = 64 * 1024 * 1024;

/** File systems behind which somebody else must answer. */
const REMOTE =
  /^(fuse|nfs|cifs$|smb|9p$|virtiofs$|ceph$|gluster|autofs$|afs$|lustre$|beegfs|orangefs|pvfs2|coda$|ocfs2$|gfs2$|davfs|vboxsf$)/;

const ROOT: Mount = { point: "/", type: "unknown", remote: false, keepsOrder: false };

/** The mounts of this process's mount namespace; `readTable` is for tests. */
export function createMounts(
  clock: Clock,
  readTable: () => string = readMountTable,
): ToldMounts {
  let text = "";
  let table: ReadonlyMap<string, Mount> = new Map();
  let readAtMs = -Infinity;
  let freshMs = FRESH_MS;

  function current(): ReadonlyMap<string, Mount> {
    if (freshMs === Infinity && readAtMs !== -Infinity) return table;
    const nowMs = clock.nowMs();
    if (nowMs - readAtMs < freshMs) return table;
    readAtMs = nowMs;
    const read = readOrEmpty(readTable);
    if (read === text) return table;
    text = read;
    table = parseMounts(read);
    return table;
  }

  return {
    tell(promised) {
      readAtMs = -Infinity;
      freshMs = promised ? Infinity : FRESH_MS;
    },
    changed() {
      readAtMs = -Infinity;
    },
    on: (path) => current().get(path),
    holding(path) {
      const mounts = current();
      for (let at = path; at !== "/"; at = parentOf(at)) {
        const mount = mounts.get(at);
        if (mount !== undefined) return mount;
      }
      return mounts.get("/") ?? ROOT;
    },
    below(path) {
      // Who asks this is about to remove everything there.
      readAtMs = -Infinity;
      const prefix = path === "/" ? "/" : `${path}/`;
      return [...current().values()]
        .filter(({ point }) => point === path || point.startsWith(prefix));
    },
  };
}

/** Reads the format of /proc/self/mountinfo; of several mounts on one directory the last counts. */
export function parseMounts(text: string): ReadonlyMap<string, Mount> {
  const mounts = new Map<string, Mount>();
  for (const line of text.split("\n")) {
    const dash = line.indexOf(" - ");
    const point = line.split(" ", 5)[4];
    const [type, , options] = line.slice(dash + 3).split(" ", 3);
    if (dash < 0 || point === undefined || type === undefined) continue;
    const path = unescapeMountField(point);
    mounts.set(path, {
      point: path,
      type,
      remote: REMOTE.test(type),
      keepsOrder: keepsOrder(type, options ?? ""),
    });
  }
  return mounts;
}

/**
 * ext4 writes the data of a file that replaces another before the rename (`auto_da_alloc`, its
 * default, see its documentation), btrfs too; what is in memory only survives no power failure.
 */
function keepsOrder(type: string, options: string): boolean {
  if (type === "ext4") return !/(^|,)(noauto_da_alloc|data=writeback)(,|$)/.test(options);
  return type === "btrfs" || type === "tmpfs" || type === "ramfs";
}

/** The kernel writes blanks, tabs, line ends and backslashes as octal numbers. */
export function unescapeMountField(text: string): string {
  return text.replace(
    /\\([0-7]{3})/g,
    (_all, digits) => String.fromCharCode(parseInt(digits, 8)),
  );
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

const decoder = new TextDecoder();

/** Reads the kernel's table in as few steps as can be: it is read whenever something happens. */
export function readMountTable(): string {
  const file = Deno.openSync("/proc/self/mountinfo");
  try {
    let buffer = new Uint8Array(TABLE_BYTES);
    let length = 0;
    for (;;) {
      const count = file.readSync(buffer.subarray(length));
      if (count === null || length > TABLE_LIMIT_BYTES) break;
      length += count;
      if (length < buffer.length) continue;
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    return decoder.decode(buffer.subarray(0, length));
  } finally {
    file.close();
  }
}

function readOrEmpty(readTable: () => string): string {
  try {
    return readTable();
  } catch {
    // Without /proc every file system counts as local.
    return "";
  }
}
