/**
 * Which process listens at a port: what answers there may be another program's.
 *
 * @module
 */

import * as fs from "node:fs";

/** The kernel lists who listens before all other sockets: that much of the list is read. */
const LIST_BYTES = 4 * 1024 * 1024;
const LISTENS = "0A";

/** Whether that process listens at that port; also true where the kernel does not say. */
export function listensAt(pid: number, port: number): boolean {
  try {
    return holdsAny(pid, new Set(listsOf().flatMap((list) => listeners(list, port))));
  } catch {
    return true;
  }
}

function listsOf(): readonly string[] {
  const hasVersion6 = fs.existsSync("/proc/net/tcp6");
  return ["/proc/net/tcp", ...hasVersion6 ? ["/proc/net/tcp6"] : []];
}

/** The sockets that listen at a port at any address, whoever has them; undefined: the kernel does not say. */
export function listenersAt(port: number): readonly string[] | undefined {
  try {
    return listsOf().flatMap((list) => listeners(list, port));
  } catch {
    return undefined;
  }
}

/** The sockets that listen at a port, as the links of /proc/PID/fd name them. */
function listeners(list: string, port: number): string[] {
  return readStart(list).split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const isThere = state === LISTENS && Number.parseInt(local.split(":")[1] ?? "", 16) === port;
    return isThere ? [`socket:[${inode}]`] : [];
  });
}

function readStart(path: string): string {
  const file = fs.openSync(path, "r");
  try {
    const bytes = new Uint8Array(LIST_BYTES);
    let length = 0;
    // The kernel hands the list out by pages.
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = fs.readSync(file, bytes, length, bytes.length - length, null);
    }
    return new TextDecoder().decode(bytes.subarray(0, length));
  } finally {
    fs.closeSync(file);
  }
}

function holdsAny(pid: number, sockets: ReadonlySet<string>): boolean {
  const directory = `/proc/${pid}/fd`;
  return fs.readdirSync(directory).some((name) => {
    try {
      return sockets.has(fs.readlinkSync(`${directory}/${name}`));
    } catch {
      return false; // closed meanwhile
    }
  });
}
