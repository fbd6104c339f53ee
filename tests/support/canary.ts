/**
 * Looks for a value where it must not be: in files, in texts, and at the processes of this machine.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";

/** The forms in which it is looked for, each by its name. */
export function canaryForms(value: string): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(value);
  return new Map([
    ["as it is", bytes],
    ["in base64", Buffer.from(bytes.toString("base64").replace(/.?=*$/, ""))],
    ["in hexadecimal", Buffer.from(bytes.toString("hex"))],
    ["in JSON", Buffer.from(JSON.stringify(value).slice(1, -1))],
    ["its first half", bytes.subarray(0, bytes.length / 2)],
    ["its second half", bytes.subarray(bytes.length / 2)],
  ]);
}

/** Which of them stand in a text or in bytes. */
export function canaryIn(said: string | Uint8Array, value: string): readonly string[] {
  const where = Buffer.from(said);
  return [...canaryForms(value)].flatMap(([name, form]) => where.includes(form) ? [name] : []);
}

/** Fails if one of them stands in a text. */
export function assertNoCanary(said: string | Uint8Array, value: string, what: string): void {
  assertEquals(canaryIn(said, value), [], `${what}: ${Buffer.from(said).toString().slice(-4000)}`);
}

/** The regular files below a directory that hold one, and which; `but`: paths that are left out. */
export function canaryBelow(
  directory: string,
  value: string,
  but: (path: string) => boolean = () => false,
): readonly string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory, isFile }) => {
    const path = `${directory}/${name}`;
    if (but(path)) return [];
    if (isDirectory) return canaryBelow(path, value, but);
    return isFile ? canaryIn(Deno.readFileSync(path), value).map((form) => `${path} ${form}`) : [];
  });
}

/** The processes of this machine in whose arguments or environment it is. */
export function canaryProcesses(value: string): readonly string[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name))
    .flatMap(({ name: pid }) =>
      ["cmdline", "environ"].flatMap((part) => {
        try {
          const bytes = Deno.readFileSync(`/proc/${pid}/${part}`);
          return canaryIn(bytes, value).length > 0 ? [`${pid} ${part}`] : [];
        } catch {
          return [];
        }
      })
    );
}
