/**
 * The kind `probe`: whether something answers, as a vertex that others depend on.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import { check } from "./check.ts";
import { PROBE_FIELDS, type ProbeFields } from "./fields.ts";
import { type Health, unknownHealth } from "./health.ts";
import { type ProbeParams, resolveProbe } from "./params.ts";

const EXAMPLES = [
  `graph: only while it answers
resources:
  probe:
  - name: database
    tcp: 127.0.0.1:5432
    interval: 2
  - name: web
    http: http://127.0.0.1:8080/health
    contains: ready
    failures: 3
    successes: 2
  exec:
  - name: report
    cmd: echo "both are there"
    shell: /bin/sh
edges:
- from: {kind: probe, name: database}
  to: {kind: exec, name: report}
- from: {kind: probe, name: web}
  to: {kind: exec, name: report}
`,
  `graph: probe by a command
resources:
  probe:
  - name: room for data
    command: test "$(df --output=pcent / | tail -n 1 | tr -dc 0-9)" -le 100
    shell: /bin/sh
    interval: 60
    timeout: 20
`,
];

/** A probe: ok while its target answers, failed while it does not, so that others wait for it. */
export default defineKind<ProbeFields, ProbeParams, undefined, Health>({
  kind: "probe",
  summary:
    "asks again and again whether something answers; while it does not, what depends on it waits, and when it is back, its notify edges refresh",
  fields: PROBE_FIELDS,
  examples: EXAMPLES,
  resolve: resolveProbe,
  identity: ({ name }) => name,
  memory: unknownHealth,
  check,
  // Being healthy again changes nothing in the world, but refreshes those who want to know.
  apply: (_plan, _params, { memory }) => {
    memory.recovered = undefined;
    return undefined;
  },
  pollSeconds: ({ intervalSeconds }) => intervalSeconds,
  retryMs: ({ intervalSeconds }) => intervalSeconds * 1000,
  heals: false,
  changesHost: false,
  preview: "full",
});
