/**
 * The kind `cron`: commands that run at certain times, as timers of systemd.
 *
 * @module
 */

import type { Watch } from "../../os/watch/watcher.ts";
import { defineKind, type WatchContext } from "../../kind/kind.ts";
import { USERS } from "../shared/accounts/databases.ts";
import { keep, refuses, remove } from "./apply.ts";
import { check, type CronDifferences, type CronMemory } from "./check.ts";
import { CRON_FIELDS, type CronFields } from "./fields.ts";
import { claimsOf, type CronParams, placesOf, relationsOf, resolveCron } from "./params.ts";
import { programPlaces } from "./runs.ts";
import { CRON_UNDO } from "./undo.ts";

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
  `graph: a unit that is there
resources:
  cron:
  - name: lists
    schedule: daily
    unit: systemd-tmpfiles-clean.service
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
  otherFields: {
    time: "write schedule: TIME",
    trigger: "leave it out: schedule is what systemd calls OnCalendar",
    randomizeddelaysec: "write random_delay: SECONDS",
    accuracysec: "leave it out: a job runs to the second; random_delay spreads jobs",
    session: "leave it out: the units are the host's; user says whom a command runs as",
    remainafterelapse: "leave it out: a timer stays",
  },
  examples: EXAMPLES,
  resolve: resolveCron,
  identity: ({ timer }) => timer,
  remains: ({ absent, files }) =>
    absent ? undefined : { at: "path", paths: files.map(({ path }) => path) },
  claims: claimsOf,
  expects: placesOf,
  relations: relationsOf,
  controls: ({ files }) => files.map(({ path }) => ({ subject: path, part: false })),
  memory: () => ({ understood: false, said: undefined }),
  check,
  refuses,
  apply: (plan, params, context) =>
    params.absent ? remove(plan, params, context) : keep(plan, params, context),
  undo: CRON_UNDO,
  watch,
  heals: true,
  changesHost: true,
  preview: "full",
});

function watch(params: CronParams, { host, changed }: WatchContext<CronMemory>): Watch {
  const { files, timer, unit, user } = params;
  const paths = [...files.map(({ path }) => path), ...programPlaces(params)];
  if (user !== undefined) paths.push(USERS);
  const watches = [
    ...[timer, unit].map((each) =>
      host.services.system.watch(each, (_what, seen) => changed(seen))
    ),
    ...paths.map((path) => host.watcher.watch({ path, tree: false, changed })),
  ];
  return { close: () => watches.forEach((each) => each.close()) };
}
