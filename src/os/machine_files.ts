/**
 * The small files by which a machine tells what it is: of the kernel, and of the distribution.
 *
 * @module
 */

import { fail, ok, reasonOf, type Result } from "../base/result.ts";
import { closeSync, openSync, readlinkSync, readSync, statSync } from "node:fs";

/** More than any of them has. */
const LARGEST_BYTES = 256 * 1024;
const USUAL_BYTES = 4 * 1024;

/** Reads those of this machine. Paths are absolute. */
export interface MachineFiles {
  /** What stands in a file; code `absent`: there is none. */
  text(path: string): Result<string>;
  /** Where a link leads, as it is written; undefined: it is none. */
  link(path: string): string | undefined;
  /** Whether a path leads to something. */
  has(path: string): boolean;
}

/** Those of the kernel that tell of the machine: with fewer permissions the runtime lets nobody read them. */
const OF_KERNEL: readonly string[] = [
  ..."hostname domainname osrelease arch".split(" ").map((name) => `/proc/sys/kernel/${name}`),
  ..."cpuinfo meminfo 1/comm 1/environ net/route net/ipv6_route net/if_inet6".split(" ")
    .map((name) => `/proc/${name}`),
  "/proc/device-tree/hypervisor/compatible",
  "/sys/devices/system/cpu/online",
  ..."sys_vendor product_name board_vendor bios_vendor product_version".split(" ")
    .map((name) => `/sys/class/dmi/id/${name}`),
];

/** What was read of those before permissions were given up. */
let remembered: ReadonlyMap<string, Result<string>> = new Map();

/** Reads what cannot be read any more once permissions have been given up. */
export function rememberMachine(): void {
  remembered = new Map(OF_KERNEL.map((path) => [path, readOfKernel(path)]));
}

/** Each start pays for it, and these are known to be plain and small: in one call. */
function readOfKernel(path: string): Result<string> {
  try {
    return ok(Deno.readTextFileSync(path).slice(0, LARGEST_BYTES));
  } catch (thrown) {
    const absent = thrown instanceof Deno.errors.NotFound;
    if (absent) return fail(`there is no ${path}`, { code: "absent" });
    return fail(`${path} cannot be read: ${reasonOf(thrown)}`);
  }
}

/** Opens them; `root` is in front of all paths, for the tree of another machine. */
export function machineFiles(root = ""): MachineFiles {
  return {
    text: (path) => remembered.get(root + path) ?? readSmall(root + path),
    link: (path) => {
      try {
        return readlinkSync(root + path);
      } catch {
        return undefined;
      }
    },
    has: (path) => {
      try {
        return statSync(root + path, { throwIfNoEntry: false }) !== undefined;
      } catch {
        return false;
      }
    },
  };
}

function readSmall(path: string): Result<string> {
  try {
    // What is no plain file could keep the reader waiting.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return fail(`there is no ${path}`, { code: "absent" });
    if (!found.isFile()) return fail(`${path} is no file`);
    const descriptor = openSync(path, "r");
    try {
      let bytes = new Uint8Array(USUAL_BYTES);
      let length = 0;
      for (;;) {
        const count = readSync(descriptor, bytes, length, bytes.length - length, null);
        length += count;
        if (count === 0 || length === LARGEST_BYTES) break;
        if (length < bytes.length) continue;
        const larger = new Uint8Array(Math.min(LARGEST_BYTES, 4 * bytes.length));
        larger.set(bytes);
        bytes = larger;
      }
      return ok(new TextDecoder().decode(bytes.subarray(0, length)));
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    return fail(`${path} cannot be read: ${reasonOf(thrown)}`);
  }
}
