/**
 * The kind `svc`: units of systemd.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { UnitJob, UnitState } from "../../systemd/services.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import type { Claim } from "../../kind/claim.ts";
import {
  defineKind,
  type Drift,
  drift,
  type KindContext,
  type WatchContext,
} from "../../kind/kind.ts";
import { wishes } from "./aliases.ts";
import { applySteps, hasFinished } from "./apply.ts";
import { SVC_FIELDS, type SvcFields } from "./fields.ts";
import { pauseBeforeStart } from "./hold.ts";
import { maskPath, MASKS, resolveSvc, tiesOf } from "./params.ts";
import { managerOf, QUICK, type SvcMemory } from "./target.ts";
import { unusable, wantsSomething } from "./usable.ts";
import { differences, isUp, refused, type ServiceStep, type SvcParams } from "./wanted.ts";

/** What is to be done to a unit. */
interface SvcPlan {
  /** Its real name, also where the graph has an alias. */
  readonly unit: string;
  readonly steps: readonly ServiceStep[];
  /** Its start or stop is under way already. */
  readonly joins: boolean;
}

/** A systemd service (or another unit): whether it runs, and whether it starts with the host. */
export default defineKind<SvcFields, SvcParams, SvcPlan, SvcMemory>({
  kind: "svc",
  summary: "a systemd service: whether it runs, and whether it starts with the host",
  fields: SVC_FIELDS,
  emptyIsUnset: true,
  examples: [`graph: svc
resources:
  svc:
  - name: mgmt-example
    state: running
    startup: enabled
  file:
  - name: /etc/systemd/system/mgmt-example.service
    content: |
      [Service]
      ExecStart=sleep infinity
      [Install]
      WantedBy=multi-user.target
edges:
- from: {kind: file, name: /etc/systemd/system/mgmt-example.service}
  to: {kind: svc, name: mgmt-example}
  notify: true
`],
  resolve: resolveSvc,
  identity: ({ unit, session }) => session ? `session ${unit}` : unit,
  claims: (params) => [
    ...wishes(params),
    ...maskPath(params).map((path): Claim => ({ path, says: "all", type: "link" })),
  ],
  expects: () => [{ path: MASKS, reach: "entries" }],
  controls: (params) => maskPath(params).map((subject) => ({ subject, part: false })),
  relations: tiesOf,
  memory: () => ({
    broken: false,
    finished: false,
    working: false,
    waiting: "",
    warned: false,
    starts: { falls: 0, notBeforeMs: 0 },
  }),
  check,
  apply,
  watch,
  refresh,
  refreshes,
  heals: true,
  changesHost: true,
  preview: "full",
});

async function check(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Drift<SvcPlan> | Failure | undefined> {
  const found = await managerOf(params, context).look(params.unit, context.signal, {
    quick: params.startup === undefined,
  });
  if (!found.ok) return found.failure;
  const unit = found.value;
  const problem = await unusable(unit, params, context);
  if (problem !== undefined) return problem;
  if (unit.load === "not-found" && !wantsSomething(params)) return undefined;
  const target = { unit: unit.name, params, context };
  const finished = params.state === "running" && await hasFinished(unit, target);
  const difference = differences(params, unit, finished);
  if ("type" in difference) return difference;
  const { reasons, steps, joins } = difference;
  const starts = steps.some((step) => "job" in step && step.job === "start");
  const waits = starts && !joins ? waitsFor(unit, context) : undefined;
  if (waits !== undefined) return waits;
  // What somebody else is doing already is no change of ours.
  const plan = { unit: unit.name, steps, joins };
  if (steps.length > 0) return drift(reasons.join(", "), plan, { worldless: joins });
  context.memory.broken = false;
  context.memory.waiting = "";
  return undefined;
}

/** Why a unit that is down is not started now. */
function waitsFor(
  { name, active, sub, triggeredBy }: UnitState,
  { memory, host: { clock } }: KindContext<SvcMemory>,
): Failure | undefined {
  const restarts = active === "activating" && sub.startsWith("auto-restart");
  const pauseMs = restarts ? 0 : pauseBeforeStart(memory.starts, clock.nowMs());
  if (!restarts && pauseMs === 0) return undefined;
  const message = restarts
    ? `${name} ended, and systemd is about to start it again (its Restart=)`
    : `${name} ends again and again soon after it was started`;
  const known = memory.waiting === message;
  memory.waiting = message;
  memory.broken = true;
  const [trigger] = triggeredBy;
  return failure(message, {
    code: restarts ? "auto-restart" : "does-not-hold",
    hint: trigger === undefined
      ? `look at it with: systemctl status ${name}`
      : `${trigger} starts it when it is needed: it may be that one which is to run`,
    known,
  });
}

async function apply(
  { unit, steps, joins }: SvcPlan,
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Failure | undefined> {
  // A start that was under way may have read what has changed since.
  const isFresh = steps.some((step) => "job" in step) && !joins;
  return await working(context, async () =>
    await applySteps(steps, { unit, params, context }) ??
      (context.cause.refresh && !isFresh ? await refreshNow(params, context) : undefined));
}

/** Makes a running unit read its configuration; one that does not run will read it when it starts. */
async function refresh(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Failure | undefined> {
  return await working(context, () => refreshNow(params, context));
}

async function refreshNow(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Failure | undefined> {
  const due = await dueRefresh(params, context);
  if (due === undefined || "type" in due) return due;
  return await applySteps([{ job: due.job }], { unit: due.unit, params, context });
}

async function refreshes(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<string | Failure | undefined> {
  const due = await dueRefresh(params, context);
  return due === undefined || "type" in due ? due : due.words;
}

/** What a refresh is for the unit as it is now; undefined: it will read everything when it starts. */
async function dueRefresh(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<
  { readonly unit: string; readonly job: UnitJob; readonly words: string } | Failure | undefined
> {
  if (params.refresh === "none") return undefined;
  const found = await managerOf(params, context).look(params.unit, context.signal, QUICK);
  if (!found.ok) return found.failure;
  const { name: unit, canReload, canStart, canStop, active, sub } = found.value;
  const isStarting = active === "activating" && !sub.startsWith("auto-restart");
  if (!isUp(found.value) && !isStarting) {
    return context.memory.finished ? { unit, job: "start", words: "run again" } : undefined;
  }
  if (params.refresh === "reload" && canReload && !isStarting) {
    return { unit, job: "reload", words: "reload" };
  }
  return canStart && canStop
    ? { unit, job: "restart", words: "restart" }
    : refused("restarted", found.value);
}

/** Does something to the unit, which causes most of what is heard of it meanwhile. */
async function working(
  { memory }: KindContext<SvcMemory>,
  run: () => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  memory.working = true;
  try {
    const problem = await run();
    memory.broken = problem !== undefined;
    return problem;
  } finally {
    memory.working = false;
  }
}

/**
 * While a unit cannot be started, its own comings and goings are no reason to try again at once: only
 * a change of its files is, or that it came up.
 */
function watch(params: SvcParams, context: WatchContext<SvcMemory>): Watch {
  const { memory, signal, changed } = context;
  const services = managerOf(params, context);
  return services.watch(params.unit, (what) => {
    if (what === "files") return changed();
    if (memory.working) return;
    if (!memory.broken) return changed();
    void services.look(params.unit, signal, QUICK).then((found) => {
      if (!found.ok || isUp(found.value)) changed();
    });
  });
}
