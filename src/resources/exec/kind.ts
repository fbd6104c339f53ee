/**
 * The kind `exec`: commands.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { type Awaitable, type Failure, failure } from "../../base/result.ts";
import { defineKind, type Drift, drift, type KindContext } from "../../kind/kind.ts";
import { EXEC_FIELDS, type ExecFields } from "./fields.ts";
import { type ExecParams, resolveExec } from "./params.ts";
import { holds, runCommand, startRefusal } from "./command.ts";
import { watchCommand } from "./watch.ts";

/** It succeeded once since the vertex began. */
interface ExecMemory {
  ran: boolean;
}

const EXAMPLES = [
  `graph: commands
resources:
  exec:
  - name: first
    cmd: sleep 0.1
  - name: second
    cmd: echo "a shell reads this" | tr a-z A-Z
    shell: /bin/sh
    timeout: 10
    env: {LC_ALL: C}
edges:
- from: {kind: exec, name: first}
  to: {kind: exec, name: second}
`,
  `graph: only when needed
resources:
  exec:
  - name: marker
    cmd: touch /tmp/mgmt/marker
    creates: /tmp/mgmt/marker
  - name: tidy
    cmd: find /tmp/mgmt -name "*.orig" -delete
    shell: /bin/sh
    ifcmd: ls /tmp/mgmt/*.orig
    ifshell: /bin/sh
    pollint: 60
  file:
  - name: directory
    path: /tmp/mgmt/
edges:
- from: {kind: file, name: directory}
  to: {kind: exec, name: marker}
- from: {kind: exec, name: marker}
  to: {kind: exec, name: tidy}
`,
];

/** A command that runs once, when something says that it is needed, or when it is refreshed. */
export default defineKind<ExecFields, ExecParams, undefined, ExecMemory>({
  kind: "exec",
  summary:
    "a command: runs once in every run of mgmt (ifcmd and creates may say that it need not), and again whenever a condition, a watch or a notify edge says so",
  fields: EXEC_FIELDS,
  emptyIsUnset: true,
  examples: EXAMPLES,
  resolve: resolveExec,
  identity: ({ name }) => name,
  // What a command makes is its own affair, so that a purge and it do not take turns.
  claims: ({ creates }) =>
    creates === undefined ? [] : [{ path: creates, says: "presence", below: "kept" }],
  memory: () => ({ ran: false }),
  check,
  refuses: (_plan, params, context) => startRefusal(params, context),
  refreshes: async (params, context) => await startRefusal(params, context) ?? "refresh",
  apply: (_plan, params, context) => run(params, context),
  refresh: run,
  watch: (params, context) =>
    params.watch === undefined ? undefined : watchCommand(params.watch, params, context),
  pollSeconds: ({ pollSeconds }) => pollSeconds,
  heals: false,
  changesHost: false,
  preview: "none",
});

/** `creates` and `ifcmd` say whether it is needed; without them it is needed once, and on events. */
function check(
  params: ExecParams,
  context: KindContext<ExecMemory>,
): Awaitable<Drift<undefined> | Failure | undefined> {
  const { creates, condition } = params;
  if (creates === undefined) {
    return condition === undefined ? needed(params, context) : checkCondition(params, context);
  }
  return chain(isThere(creates, context), (there) => {
    if (typeof there !== "boolean") return there;
    if (there) return undefined;
    return condition === undefined
      ? drift(`${creates} does not exist`, undefined)
      : checkCondition(params, context);
  });
}

function needed(
  { watch }: ExecParams,
  { cause, memory }: KindContext<ExecMemory>,
): Drift<undefined> | undefined {
  if (!memory.ran) return drift("has not run yet", undefined);
  if (watch !== undefined && cause.event) return drift("watchcmd printed a line", undefined);
  return cause.poll ? drift("its poll interval has passed", undefined) : undefined;
}

async function checkCondition(
  params: ExecParams,
  context: KindContext<ExecMemory>,
): Promise<Drift<undefined> | Failure | undefined> {
  if (params.condition === undefined) return undefined;
  const result = await holds(params.condition, params, context);
  if (!result.ok) return result.failure;
  return result.value ? drift("ifcmd exited with 0", undefined) : undefined;
}

async function run(
  params: ExecParams,
  context: KindContext<ExecMemory>,
): Promise<Failure | undefined> {
  const problem = await runCommand(params, context);
  if (problem !== undefined) return problem;
  if (params.creates !== undefined) {
    const there = await isThere(params.creates, context);
    if (typeof there !== "boolean") return there;
    if (!there) {
      return failure(`succeeded, but ${params.creates} still does not exist`, {
        code: "creates",
        hint: "creates must name what the command makes",
      });
    }
  }
  context.memory.ran = true;
  return undefined;
}

function isThere(path: string, { host, signal }: KindContext): Awaitable<boolean | Failure> {
  return chain(
    host.files.look(path, { signal }),
    (sight) => sight.ok ? sight.value.type !== "absent" : sight.failure,
  );
}
