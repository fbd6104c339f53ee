/**
 * The kind `exec`: commands.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import { run } from "./apply.ts";
import { check, type ExecMemory } from "./check.ts";
import { startRefusal } from "./command.ts";
import { EXEC_FIELDS, type ExecFields } from "./fields.ts";
import { type ExecParams, resolveExec } from "./params.ts";
import { watchCommand } from "./watch.ts";

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
    "a command: runs once in every run of mgmt (ifcmd, unless and creates may say that it need not), and again whenever a condition, a watch or a notify edge says so",
  fields: EXEC_FIELDS,
  otherFields: {
    command: "write cmd, or args for a list",
    argv: "write args",
    removes: "write ifcmd: test -e PATH",
    onlyif: "write ifcmd",
    returns: "write success_codes, a list",
    unlessshell: "write unless_shell",
    chdir: "write cwd",
    environment: "write env, a map",
  },
  emptyIsUnset: true,
  examples: EXAMPLES,
  resolve: resolveExec,
  identity: ({ name }) => name,
  // What a command makes is its own affair, so that a purge and it do not take turns.
  claims: ({ creates }) =>
    creates === undefined ? [] : [{ path: creates, says: "presence", below: "kept" }],
  irrevocable: () => true,
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
