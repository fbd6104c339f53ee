/**
 * The kind `msg`: an entry in the machine's log.
 *
 * @module
 */

import { enum as oneOf, maxLength, minLength, record, refine, string } from "zod/mini";
import type { Failure } from "../../base/result.ts";
import { defineKind, drift, type KindContext } from "../../kind/kind.ts";

const PRIORITIES = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;

interface MsgFields {
  readonly body?: string;
  readonly priority?: typeof PRIORITIES[number];
  readonly fields?: Readonly<Record<string, string>>;
}

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

/** What the journal takes in one piece. */
const LONGEST = 64 * 1024;
/** Fields that are set otherwise. */
const OWN_FIELDS = ["MESSAGE", "PRIORITY"];

const text = string().check(
  maxLength(LONGEST),
  refine((value) => !value.includes("\0"), "must not contain a NUL character"),
);
const body = text.check(minLength(1));
const fieldName = string().check(
  refine(
    (name) => /^[A-Z][A-Z0-9_]{0,63}$/.test(name),
    "is no name of a field: capital letters, digits and _, a letter first, 64 at most",
  ),
  refine((name) => !OWN_FIELDS.includes(name), "is set by body and priority"),
);

/** A message: written once, and whenever it is refreshed. */
export default defineKind<MsgFields, MsgParams, undefined, MsgMemory>({
  kind: "msg",
  summary:
    "an entry in the journal (or the syslog): written once in a run, and again when it is refreshed",
  fields: {
    body: { type: body, typeText: "text", summary: "what is written", defaultText: "the name" },
    priority: {
      type: oneOf(PRIORITIES),
      typeText: PRIORITIES.join(" | "),
      summary: "how urgent it is",
      defaultText: "info",
    },
    fields: {
      type: record(fieldName, text),
      typeText: "a map of texts",
      summary: "further fields of the entry, for instance MESSAGE_ID; only the journal has them",
    },
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
