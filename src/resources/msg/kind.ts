/**
 * The kind `msg`: an entry in the machine's log.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { defineKind, drift, type KindContext } from "../../kind/kind.ts";
import { LONGEST, MSG_FIELDS, type MsgFields, PRIORITIES } from "./fields.ts";

interface MsgParams {
  readonly name: string;
  readonly body: string;
  readonly priority: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** It was written once since the vertex began. */
interface MsgMemory {
  written: boolean;
}

/** A message: written once, and whenever it is refreshed. */
export default defineKind<MsgFields, MsgParams, undefined, MsgMemory>({
  kind: "msg",
  summary:
    "an entry in the journal (or the syslog): written once in a run, and again when it is refreshed",
  fields: MSG_FIELDS,
  otherFields: {
    journal: "leave it out: the journal is written where there is one",
    syslog: "leave it out: the syslog is written where there is no journal",
  },
  examples: [`graph: msg
resources:
  file:
  - name: /tmp/mgmt/app.conf
    content: "port = 8080\\n"
  - name: /tmp/mgmt/
  msg:
  - name: changed
    body: the configuration of app was changed
    priority: notice
    fields: {APP_FILE: /tmp/mgmt/app.conf}
edges:
- from: {kind: file, name: /tmp/mgmt/}
  to: {kind: file, name: /tmp/mgmt/app.conf}
- from: {kind: file, name: /tmp/mgmt/app.conf}
  to: {kind: msg, name: changed}
  notify: true
`],
  resolve: ({ body, priority = "info", fields = {} }, { name, issue }) => {
    if (sizeOf(fields) > LONGEST) {
      issue({ path: ["fields"], message: `fields are longer than ${LONGEST} characters together` });
    }
    const text = (body ?? name).replace(/\n+$/, "");
    return { name, body: text, priority: PRIORITIES.indexOf(priority), fields };
  },
  identity: ({ name }) => name,
  memory: () => ({ written: false }),
  check: (_params, { memory }) =>
    memory.written ? undefined : drift("has not been written yet", undefined),
  apply: (_plan, params, context) => write(params, context),
  refresh: write,
  heals: false,
  changesHost: true,
  preview: "full",
});

function sizeOf(fields: Readonly<Record<string, string>>): number {
  return Object.entries(fields).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

/** Where the machine keeps no log, the agent's own output is the place to read it. */
async function write(
  { name, body, priority, fields }: MsgParams,
  { host, memory, signal, line }: KindContext<MsgMemory>,
): Promise<Failure | undefined> {
  const entry = { message: body, priority, fields: { MGMT_RESOURCE: `msg[${name}]`, ...fields } };
  const written = await host.log.write(entry, signal);
  if (!written.ok) return written.failure;
  if (written.value === "nowhere") {
    for (const each of body.split("\n")) line(each, "stdout");
  }
  memory.written = true;
  return undefined;
}
