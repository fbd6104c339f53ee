/**
 * The kind `sysctl`: settings of the kernel.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import {
  defineKind,
  type Drift,
  drift,
  type KindContext,
  type WatchContext,
} from "../../kind/kind.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { findSetting, type FoundSetting } from "./check.ts";
import { DIRECTORY, SYSCTL_FIELDS, type SysctlFields } from "./fields.ts";
import { resolveSysctl, type SysctlParams } from "./params.ts";
import { refused, setFile, setRunning } from "./apply.ts";
import { sameValue } from "./values.ts";
import { DIRECTORIES, LAST, valueInLast } from "./written.ts";

/** The kernel tells nobody of a change. */
const POLL_SECONDS = 60;

interface SysctlMemory {
  /** What was last warned of. */
  warned: string | undefined;
}

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
  watch,
  pollSeconds: () => POLL_SECONDS,
  heals: true,
  changesHost: true,
  preview: "full",
});

async function check(
  params: SysctlParams,
  context: KindContext<SysctlMemory>,
): Promise<Drift<FoundSetting> | Failure | undefined> {
  const found = await findSetting(params, context);
  if (!found.ok) return found.failure;
  const { words, overridden } = found.value;
  if (words.length > 0) return drift(words.join(", "), found.value);
  if (overridden !== undefined) return overridden;
  return params.persist ? await judgeLast(params, context) : undefined;
}

/** What `sysctl` reads at last counts at the next start only where systemd does not run the host. */
async function judgeLast(
  params: SysctlParams,
  context: KindContext<SysctlMemory>,
): Promise<Failure | undefined> {
  const { memory, warn } = context;
  const value = await valueInLast(params, context);
  const text = value === undefined || sameValue(params.path, value, params.value)
    ? undefined
    : `${LAST} says ${params.key} = ${value}, and \`sysctl --system\` reads that at last`;
  if (text !== undefined && !await isRunBySystemd(context)) {
    return failure(text, { code: "overridden", hint: "take the setting out of that file" });
  }
  if (text !== undefined && text !== memory.warned) warn(text);
  memory.warned = text;
  return undefined;
}

async function isRunBySystemd({ host, signal }: KindContext): Promise<boolean> {
  const seen = await host.files.look("/run/systemd/system", { signal });
  return seen.ok && seen.value.type === "directory";
}

async function refuses(
  { running, files, overridden }: FoundSetting,
  params: SysctlParams,
  context: KindContext<SysctlMemory>,
): Promise<Failure | undefined> {
  const kernel = running === undefined
    ? undefined
    : await foreseeChange({ path: params.path, seen: running, does: "write-into" }, context);
  if (kernel !== undefined) return refused(params, kernel);
  for (const { path, seen, text } of files) {
    const does = text === undefined ? "remove" : "replace";
    const problem = await foreseeChange({ path, seen, does }, context);
    // The directory for them is made.
    if (problem !== undefined && problem.code !== "parent-missing") return problem;
  }
  // Somebody who sets it has done what can be done, and is told so then.
  return context.noop ? overridden : undefined;
}

async function apply(
  _plan: FoundSetting,
  params: SysctlParams,
  context: KindContext<SysctlMemory>,
): Promise<Failure | undefined> {
  const found = await findSetting(params, context);
  if (!found.ok) return found.failure;
  const { running, files, overridden } = found.value;
  const problem = running === undefined ? undefined : await setRunning(params, context);
  if (problem !== undefined) return problem;
  for (const change of files) {
    const unwritten = await setFile(change, context);
    if (unwritten !== undefined) return unwritten;
  }
  return overridden;
}

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
