/**
 * From the fields of a mount to what should be mounted.
 *
 * @module
 */

import { ATTRIBUTES, type Claim } from "../../kind/claim.ts";
import type { FieldIssue, ResolveContext } from "../../kind/kind.ts";
import type { Needed, Relations } from "../../kind/relations.ts";
import { checkPath } from "../shared/files/path.ts";
import { DEFAULT_TIMEOUT_SECONDS, type MountFields } from "./fields.ts";
import { isBind, splitOptions } from "./options.ts";

/** Where mounts are written down. */
export const FSTAB = "/etc/fstab";

/** What should be mounted where. */
export interface MountParams {
  readonly path: string;
  /** Empty where it does not matter. */
  readonly device: string;
  /** `auto` where the kernel finds out. */
  readonly type: string;
  /** Undefined: whatever is in force. */
  readonly options?: readonly string[];
  readonly bind: boolean;
  readonly state: "mounted" | "unmounted" | "absent";
  /** Whether the entry in /etc/fstab is kept, or with `absent` kept away. */
  readonly fstab: boolean;
  readonly timeoutSeconds: number;
}

/** Packages without which a type cannot be mounted, as distributions call them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  nfs: ["nfs-common", "nfs-utils"],
  nfs4: ["nfs-common", "nfs-utils"],
  cifs: ["cifs-utils"],
  "fuse.sshfs": ["sshfs", "fuse-sshfs"],
  glusterfs: ["glusterfs-client", "glusterfs-fuse"],
  xfs: ["xfsprogs"],
  btrfs: ["btrfs-progs"],
};

/** Makes parameters of fields; mistakes go to `context`. */
export function resolveMount(fields: MountFields, context: ResolveContext): MountParams {
  const issue = (path: keyof MountFields | "name", message: string, hint?: string): void => {
    const what: FieldIssue = { path: [path], message };
    context.issue(hint === undefined ? what : { ...what, hint });
  };
  const state = fields.state ?? "mounted";
  const fstab = fields.fstab ?? true;
  const given = fields.path ?? context.name;
  const where = fields.path === undefined ? "name" : "path";
  const checked = checkPath(given);
  if (!checked.ok) issue(where, `${where} ${checked.message}`, checked.hint);
  const path = checked.ok ? checked.path : given;
  if (path === "/" && state !== "mounted") issue("state", "the root file system stays mounted");
  if (fields.type === "swap") {
    issue("type", "swap is not mounted", "keep its line in /etc/fstab with a line resource");
  }
  const needsDevice = state === "mounted" || (state === "unmounted" && fstab);
  if (fields.device === undefined && needsDevice) {
    issue("name", "device is missing: what is mounted there", "for instance UUID=…, or tmpfs");
  }
  const list = fields.options;
  const options = typeof list === "string" ? splitOptions(list) : list?.flatMap(splitOptions);
  const bind = isBind(options ?? []);
  if (bind && fields.device?.startsWith(`${path}/`)) {
    issue("device", `${fields.device} would be hidden by what is mounted on ${path}`);
  }
  return {
    path,
    device: fields.device ?? "",
    type: fields.type ?? (bind ? "none" : "auto"),
    ...(options === undefined ? {} : { options }),
    bind,
    state,
    fstab: fstab || state === "absent",
    timeoutSeconds: fields.timeout ?? DEFAULT_TIMEOUT_SECONDS,
  };
}

/** What is below it comes after it; it comes after its directory, what it shows, and its tools. */
export function relationsOf({ path, device, type, state }: MountParams): Relations {
  if (state !== "mounted") return { provides: [`tree:${path}`], removes: true };
  const needs: Needed[] = [`path:${path}`, `within:${path}`];
  const source = checkPath(device);
  if (source.ok) needs.push(`path:${source.path}`);
  for (const name of PACKAGES[type] ?? []) needs.push(`package:${name}`);
  return { provides: [`tree:${path}`], needs };
}

/** Its directory, with all that is mounted there; and a part of the table, if it has a line there. */
export function claimsOf({ path, state, fstab }: MountParams): readonly Claim[] {
  const claims: Claim[] = [];
  if (fstab) claims.push({ path: FSTAB, says: "part", type: "file", entry: "indifferent" });
  if (state === "mounted") {
    claims.push({
      path,
      says: "presence",
      type: "directory",
      attributes: ATTRIBUTES,
      below: "all",
    });
  }
  return claims;
}
