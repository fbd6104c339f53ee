/**
 * From the fields of a sysctl resource to its parameters.
 *
 * @module
 */

import type { FieldIssue, ResolveContext } from "../../kind/kind.ts";
import { DIRECTORY, type SysctlFields } from "./fields.ts";
import { normalized } from "./values.ts";

/** What a sysctl resource asks for; plain data. */
export interface SysctlParams {
  /** As it is written in files. */
  readonly key: string;
  /** Below /proc/sys. */
  readonly path: string;
  /** Words with one blank between them. */
  readonly value: string;
  readonly persist: boolean;
  /** Where it is written down for the next start of the host … */
  readonly file: string;
  /** … or where another file would have the last word: after most of them. */
  readonly lateFile: string;
}

/** Where the kernel's settings are. */
export const ROOT = "/proc/sys";

const NAME = /^[A-Za-z0-9_.:@+-]+$/;

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveSysctl(fields: SysctlFields, context: ResolveContext): SysctlParams {
  const key = fields.key ?? context.name;
  const parts = partsOf(key);
  const field = fields.key === undefined ? "name" : "key";
  const good = parts.length > 1 && parts.every((part) => NAME.test(part) && !/^\.+$/.test(part));
  if (!good) context.issue(keyIssue(field, key));
  return {
    key,
    path: pathOf(parts),
    value: normalized(String(fields.value)),
    persist: fields.persist ?? true,
    file: `${DIRECTORY}/90-mgmt-${parts.join(".")}.conf`,
    lateFile: `${DIRECTORY}/zz-mgmt-${parts.join(".")}.conf`,
  };
}

function keyIssue(field: string, key: string): FieldIssue {
  return {
    path: [field],
    message: `${JSON.stringify(key)} is no name of a setting of the kernel`,
    hint: key.includes("*")
      ? "each setting needs a resource of its own"
      : "for instance net.ipv4.ip_forward, or net/ipv4/conf/eth0.1/forwarding",
  };
}

/** Where the kernel has the setting of a key. */
export function settingPath(key: string): string {
  return pathOf(partsOf(key));
}

function pathOf(parts: readonly string[]): string {
  return `${ROOT}/${parts.join("/")}`;
}

/** The first separator tells which it is; the other sign is then an ordinary one, turned round. */
function partsOf(key: string): readonly string[] {
  const first = /[./]/.exec(key)?.[0];
  if (first === "/") return key.split("/").filter((part, index) => part !== "" || index > 0);
  return key.split(".").map((part) => part.replaceAll("/", "."));
}
