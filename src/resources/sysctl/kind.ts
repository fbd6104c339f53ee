/**
 * The kind `sysctl`: settings of the kernel.
 *
 * @module
 */

import type { Watch } from "../../os/watch/watcher.ts";
import { defineKind, type WatchContext } from "../../kind/kind.ts";
import { apply, refuses } from "./apply.ts";
import { check, type FoundSetting, type SysctlMemory } from "./check.ts";
import { DIRECTORY, SYSCTL_FIELDS, type SysctlFields } from "./fields.ts";
import { resolveSysctl, type SysctlParams } from "./params.ts";
import { DIRECTORIES, LAST } from "./written.ts";
import { SYSCTL_UNDO } from "./undo.ts";

/** The kernel tells nobody of a change. */
const POLL_SECONDS = 60;

/** A setting of the kernel. */
export default defineKind<SysctlFields, SysctlParams, FoundSetting, SysctlMemory>({
  kind: "sysctl",
  summary: "a setting of the kernel, now and from the next start on",
  fields: SYSCTL_FIELDS,
  examples: [
    `graph: a router
resources:
  sysctl:
  - name: net.ipv4.ip_forward
    value: 1
  - name: ports for outgoing connections
    key: net.ipv4.ip_local_port_range
    value: 20000 60999
`,
    `graph: only until the next start
resources:
  sysctl:
  - name: net.ipv4.conf.lo.log_martians
    value: 1
    persist: false
    meta: {poll: 1}
`,
  ],
  resolve: resolveSysctl,
  identity: ({ path }) => path,
  remains: ({ persist, file, lateFile }) =>
    persist ? { at: "path", paths: [file, lateFile] } : { at: "elsewhere" },
  claims: ({ file, lateFile, persist }) =>
    persist ? [file, lateFile].map((path) => ({ path, says: "all", type: "file" })) : [],
  expects: () => [{ path: DIRECTORY, reach: "entries" }],
  relations: ({ file, lateFile, persist }) =>
    persist ? { provides: [`path:${file}`, `path:${lateFile}`], needs: [`within:${file}`] } : {},
  controls: ({ file, lateFile }) => [file, lateFile].map((subject) => ({ subject, part: false })),
  memory: () => ({ warned: undefined }),
  check,
  refuses,
  apply,
  undo: SYSCTL_UNDO,
  watch,
  pollSeconds: () => POLL_SECONDS,
  heals: true,
  changesHost: true,
  preview: "full",
});

/** Files of others count, too. */
function watch(
  { persist, file, lateFile }: SysctlParams,
  { host, changed }: WatchContext<SysctlMemory>,
): Watch {
  const watches = [
    ...[file, lateFile, LAST].map((path) => host.watcher.watch({ path, tree: false, changed })),
    ...(persist ? DIRECTORIES : []).map((path) =>
      host.watcher.watch({ path, tree: true, changed })
    ),
  ];
  return { close: () => watches.forEach((each) => each.close()) };
}
