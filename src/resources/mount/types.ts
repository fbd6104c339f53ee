/**
 * Types of file systems that this host can mount.
 *
 * @module
 */

import type { KindContext } from "../../kind/kind.ts";

/** Where mount looks for programs of its own for a type. */
const HELPER_DIRECTORIES = ["/sbin", "/usr/sbin", "/usr/local/sbin", "/sbin/fs.d", "/sbin/fs"];
/** The list of what modules are for, of one kernel. */
const ALIAS_BYTES = 16 * 1024 * 1024;
/** A type, maybe with what it is for behind a point; not a list of types. */
const PLAIN = /^[\w-]+(\.[\w.-]+)?$/;

/** Whether the kernel, one of its modules or a program knows a type; true where nobody can tell. */
export async function isKnownType(type: string, context: KindContext): Promise<boolean> {
  if (type === "auto" || !PLAIN.test(type)) return true;
  const [family = ""] = type.split(".");
  if (type === family && (await kernelTypes(context)).has(type)) return true;
  for (const directory of HELPER_DIRECTORIES) {
    for (const helper of [type, family]) {
      if (await isThere(`${directory}/mount.${helper}`, context)) return true;
    }
  }
  return type === family && await mayBeModule(type, context);
}

/** Whether what is mounted must be a block device, or a file that stands for one. */
export async function needsBlockDevice(type: string, context: KindContext): Promise<boolean> {
  return type === "auto" || (await kernelTypes(context)).get(type) === true;
}

/** The types that the kernel knows now, and whether they need a device. */
async function kernelTypes(context: KindContext): Promise<ReadonlyMap<string, boolean>> {
  const text = await textOf("/proc/filesystems", context) ?? "";
  return new Map(
    text.split("\n").map((line) => line.split("\t"))
      .map(([word = "", name = ""]) => [name, word === ""]),
  );
}

/** A module is loaded when its type is mounted for the first time. */
async function mayBeModule(type: string, context: KindContext): Promise<boolean> {
  if (!await isThere("/proc/modules", context)) return false;
  const release = (await textOf("/proc/sys/kernel/osrelease", context) ?? "").trim();
  const aliases = await textOf(`/lib/modules/${release}/modules.alias`, context);
  // In a container they may be out of sight, and are loaded all the same.
  return aliases === undefined ||
    aliases.split("\n").some((line) => line.startsWith(`alias fs-${type} `));
}

async function isThere(path: string, { host: { files }, signal }: KindContext): Promise<boolean> {
  const seen = await files.look(path, { signal });
  return seen.ok && seen.value.type !== "absent";
}

async function textOf(
  path: string,
  { host: { files }, signal }: KindContext,
): Promise<string | undefined> {
  const seen = await files.look(path, { contentUpToBytes: ALIAS_BYTES, signal });
  if (!seen.ok || seen.value.type !== "file" || seen.value.content === undefined) return undefined;
  return new TextDecoder().decode(seen.value.content);
}
