/**
 * The kind `cron`: commands that run at certain times, as timers of systemd.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import {
  defineKind,
  type Drift,
  drift,
  type KindContext,
  type WatchContext,
} from "../../kind/kind.ts";
import { keep, remove, scheduleProblem } from "./apply.ts";
import { CRON_FIELDS, type CronFields } from "./fields.ts";
import { type CronDifferences, findDifferences } from "./check.ts";
import { claimsOf, type CronParams, placesOf, resolveCron, tiesOf } from "./params.ts";
import { lastRunProblem, programPlaces, runObstacle } from "./runs.ts";
import { serviceOf } from "./units.ts";
import { USERS } from "../shared/accounts/databases.ts";
import { differenceOf } from "../shared/files/difference.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { hiddenOf } from "../shared/files/private.ts";

interface CronMemory {
  /** systemd was asked about the schedule, and understands it. */
  understood: boolean;
  /** What was last said of the job's runs. */
  said: string | undefined;
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
  expects: placesOf,
  relations: tiesOf,
  controls: ({ files }) => files.map(({ path }) => ({ subject: path, part: false })),
  memory: () => ({ understood: false, said: undefined }),
  check,
  refuses,
  apply: (plan, params, context) =>
    params.absent ? remove(plan, params, context) : keep(plan, params, context),
  watch,
  heals: true,
  changesHost: true,
  preview: "full",
});

async function check(
  params: CronParams,
  context: KindContext<CronMemory>,
): Promise<Drift<CronDifferences> | Failure | undefined> {
  const obstacle = await runObstacle(params, context);
  if (obstacle !== undefined) return obstacle;
  const found = await findDifferences(params, context);
  if (!found.ok) return found.failure;
  const { reasons, files } = found.value;
  if (reasons.length === 0) {
    if (!params.absent) await tellLastRun(params, context);
    return undefined;
  }
  if (files.length > 0 && !params.absent && !context.memory.understood) {
    const problem = await scheduleProblem(params, context);
    if (problem !== undefined) return problem;
    context.memory.understood = true;
  }
  return drift(reasons.join("; "), found.value, { difference: () => difference(found.value) });
}

/** A job that fails is none of the graph's business, but somebody should know; once for each reason. */
async function tellLastRun(params: CronParams, context: KindContext<CronMemory>): Promise<void> {
  const problem = await lastRunProblem(params, context);
  if (problem !== undefined && problem !== context.memory.said) context.warn(problem);
  context.memory.said = problem;
}

/** Nothing is told to systemd before all files are as they should be. */
async function refuses(
  { files }: CronDifferences,
  _params: CronParams,
  context: KindContext<CronMemory>,
): Promise<Failure | undefined> {
  for (const { file: { path, text }, seen } of files) {
    const problem = await foreseeChange(
      { path, seen, does: text === "" ? "remove" : "replace" },
      context,
    );
    if (problem !== undefined) return problem;
  }
  return undefined;
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

function watch(params: CronParams, { host, changed }: WatchContext<CronMemory>): Watch {
  const { files, timer, user } = params;
  const paths = [...files.map(({ path }) => path), ...programPlaces(params)];
  if (user !== undefined) paths.push(USERS);
  const watches = [
    ...[timer, serviceOf(timer)].map((unit) => host.services.system.watch(unit, () => changed())),
    ...paths.map((path) => host.watcher.watch({ path, tree: false, changed })),
  ];
  return { close: () => watches.forEach((each) => each.close()) };
}
