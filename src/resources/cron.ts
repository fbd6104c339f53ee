/**
 * The kind `cron`: commands that run at certain times, as timers of systemd.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import type { Watch } from "../host/hub/hub.ts";
import { type Context, defineKind, type Drift, drift, type WatchContext } from "../kind/kind.ts";
import { keep, remove, scheduleProblem } from "./cron/apply.ts";
import { CRON_FIELDS, type CronFields } from "./cron/fields.ts";
import { type CronDifferences, findDifferences } from "./cron/look.ts";
import { claimsOf, type CronParams, resolveCron, tiesOf } from "./cron/params.ts";
import { differenceOf } from "./file/difference.ts";
import { hiddenOf } from "./file/private.ts";

/** systemd was asked about the schedule, and understands it. */
interface CronMemory {
  understood: boolean;
}

const EXAMPLES = [
  `graph: cron
resources:
  cron:
  - name: tidy
    schedule: "*/15 * * * *"
    command: find /tmp/mgmt-cache -mmin +60 -delete
    user: daemon
    random_delay: 30
  - name: report
    schedule: Mon..Fri 07:30
    command: echo "$GREETING, it is $(date)" >/run/mgmt-report
    shell: /bin/sh
    environment: {GREETING: good morning}
    persistent: true
`,
  `graph: no longer
resources:
  cron:
  - name: backup
    state: absent
`,
];

/** A job that runs at certain times. */
export default defineKind<CronFields, CronParams, CronDifferences, CronMemory>({
  kind: "cron",
  summary: "a command that runs at certain times: a timer of systemd, mgmt-NAME.timer",
  fields: CRON_FIELDS,
  examples: EXAMPLES,
  resolve: resolveCron,
  identity: ({ timer }) => timer,
  claims: claimsOf,
  ties: tiesOf,
  decides: ({ files }) => files.map(({ path }) => ({ subject: path, part: false })),
  memory: () => ({ understood: false }),
  check,
  apply: (plan, params, context) =>
    params.absent ? remove(plan, params, context) : keep(plan, params, context),
  watch,
  heals: true,
  preview: "full",
});

async function check(
  params: CronParams,
  context: Context<CronMemory>,
): Promise<Drift<CronDifferences> | Failure | undefined> {
  const found = await findDifferences(params, context);
  if (!found.ok) return found.failure;
  const { reasons, files } = found.value;
  if (reasons.length === 0) return undefined;
  if (files.length > 0 && !params.absent && !context.memory.understood) {
    const problem = await scheduleProblem(params, context);
    if (problem !== undefined) return problem;
    context.memory.understood = true;
  }
  return drift(reasons.join("; "), found.value, { difference: () => difference(found.value) });
}

async function difference({ files }: CronDifferences): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { file: { text }, seen } of files) {
    if (text === "") continue;
    const content = new TextEncoder().encode(text);
    const hidden = hiddenOf(undefined, seen);
    lines.push(...await differenceOf({ seen, content, size: content.length, hidden }));
  }
  return lines;
}

function watch({ files, timer }: CronParams, { host, changed }: WatchContext<CronMemory>): Watch {
  const watches = [
    host.services.system.watch(timer, () => changed()),
    ...files.map(({ path }) => host.hub.watch({ path, tree: false, changed })),
  ];
  return { close: () => watches.forEach((each) => each.close()) };
}
