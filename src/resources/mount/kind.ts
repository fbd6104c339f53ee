/**
 * The kind `mount`: file systems that are mounted, and their lines in /etc/fstab.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import { apply } from "./apply.ts";
import { check, type Differences, type MountMemory } from "./check.ts";
import { MOUNT_FIELDS, type MountFields } from "./fields.ts";
import { claimsOf, FSTAB, type MountParams, relationsOf, resolveMount } from "./params.ts";
import { refusal } from "./refusal.ts";
import { watch } from "./watch.ts";
import { MOUNT_UNDO } from "./undo.ts";

const EXAMPLES = [
  `graph: mount
resources:
  file:
  - name: /srv/mgmt-scratch/
  - name: /srv/mgmt-shown/
  - name: /srv/mgmt-scratch/inside
    content: "on the mounted file system\\n"
  mount:
  - name: /srv/mgmt-scratch
    device: tmpfs
    type: tmpfs
    options: [size=16m, nosuid, nodev]
  - name: shown
    path: /srv/mgmt-shown
    device: /srv/mgmt-scratch
    options: bind
    fstab: false
`,
  `graph: not mounted
resources:
  mount:
  - name: /srv/mgmt-old
    state: absent
`,
];

/** A mounted file system. */
export default defineKind<MountFields, MountParams, Differences, MountMemory>({
  kind: "mount",
  summary: "a mounted file system, and its line in /etc/fstab",
  fields: MOUNT_FIELDS,
  examples: EXAMPLES,
  resolve: resolveMount,
  identity: ({ path }) => path,
  remains: ({ path, state }) => state === "mounted" ? { at: "mount", path } : undefined,
  claims: claimsOf,
  relations: relationsOf,
  controls: ({ fstab }) => fstab ? [{ subject: FSTAB, part: true }] : [],
  memory: () => ({ stubborn: undefined }),
  check,
  refuses: refusal,
  apply,
  undo: MOUNT_UNDO,
  watch,
  heals: true,
  changesHost: true,
  preview: "full",
});
