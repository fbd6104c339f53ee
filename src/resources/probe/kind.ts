/**
 * The kind `probe`: whether something answers, as a vertex that others depend on.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { defineKind, type Drift, drift, type KindContext } from "../../kind/kind.ts";
import { attempt } from "./check.ts";
import { PROBE_FIELDS, type ProbeFields } from "./fields.ts";
import { type Health, observe, unknownHealth } from "./health.ts";
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
    "asks again and again whether something answers; while it does not, what depends on it is held, and when it is back, its notify edges refresh",
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

async function check(
  params: ProbeParams,
  context: KindContext<Health>,
): Promise<Drift<undefined> | Failure | undefined> {
  const { host: { clock }, memory, signal } = context;
  const outcome = await attempt(params, context);
  // A probe that was broken off says nothing of its target.
  if (signal.aborted) return outcome;
  const moment = { nowMs: clock.nowMs(), wall: clock.wall() };
  const verdict = observe(memory, outcome, params, moment);
  if (verdict.type === "unhealthy") return verdict.failure;
  if (verdict.type === "doubtful") context.note(verdict.text);
  const { recovered } = memory;
  return recovered === undefined ? undefined : drift(recovered, undefined, { worldless: true });
}
