/**
 * The kind `svc`: units of systemd.
 *
 * @module
 */

import { boolean, enum as oneOf } from "zod/mini";
import { type Failure, failure } from "../base/result.ts";
import type { UnitState } from "../host/systemd/services.ts";
import type { Watch } from "../host/hub/hub.ts";
import { type Context, defineKind, type Drift, drift, type WatchContext } from "../kind/kind.ts";
import { applySteps, hasFinished, managerOf, QUICK, type SvcMemory } from "./svc/apply.ts";
import { pauseBeforeStart } from "./svc/hold.ts";
import { resolveSvc, type SvcFields, tiesOf } from "./svc/params.ts";
import {
  cannotBeEnabled,
  differences,
  isMasked,
  isUp,
  type Step,
  type SvcParams,
} from "./svc/wanted.ts";

/** A systemd service (or another unit): whether it runs, and whether it starts with the host. */
export default defineKind<SvcFields, SvcParams, readonly Step[], SvcMemory>({
  kind: "svc",
  summary: "a systemd service: whether it runs, and whether it starts with the host",
  fields: {
    state: {
      type: oneOf(["running", "stopped"]),
      typeText: "running | stopped",
      summary: "whether the service runs now",
    },
    startup: {
      type: oneOf(["enabled", "disabled", "masked"]),
      typeText: "enabled | disabled | masked",
      summary: "whether the service starts with the host",
    },
    refresh: {
      type: oneOf(["reload", "restart", "none"]),
      typeText: "reload | restart | none",
      summary: "what a notify edge makes it do; a service that cannot reload is restarted",
      defaultText: "reload",
    },
    session: {
      type: boolean(),
      typeText: "true | false",
      summary: "a unit of the user who runs mgmt, not of the host",
      defaultText: "false",
    },
  },
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
  ties: tiesOf,
  memory: () => ({
    broken: false,
    finished: false,
    working: false,
    waiting: "",
    starts: { falls: 0, notBeforeMs: 0 },
  }),
  check,
  apply,
  watch,
  refresh,
  heals: true,
  preview: "full",
});

async function check(
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Drift<readonly Step[]> | Failure | undefined> {
  const found = await managerOf(params, context).look(params.unit, context.signal, {
    quick: params.startup === undefined,
  });
  if (!found.ok) return found.failure;
  const unit = found.value;
  const problem = await unusable(unit, params, context);
  if (problem !== undefined) return problem;
  if (unit.load === "not-found" && !wantsSomething(params)) return undefined;
  const finished = params.state === "running" && await hasFinished(unit, params, context);
  const { reasons, steps } = differences(params, unit, finished);
  const waits = steps.some((step) => "job" in step && step.job === "start")
    ? waitsFor(unit, context)
    : undefined;
  if (waits !== undefined) return waits;
  if (steps.length > 0) return drift(reasons.join(", "), steps);
  context.memory.broken = false;
  context.memory.waiting = "";
  return undefined;
}

/** Why a unit that is down is not started now. */
function waitsFor(
  { name, active, sub }: UnitState,
  { memory, host: { clock } }: Context<SvcMemory>,
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
  return failure(message, {
    code: restarts ? "auto-restart" : "does-not-hold",
    hint: `look at it with: systemctl status ${name}`,
    known,
  });
}

/** What would be so without the unit, too, needs none. */
function wantsSomething({ state, startup }: SvcParams): boolean {
  return state === "running" || startup === "enabled" || startup === "masked";
}

/** Why nothing can be done with the unit as it is. */
async function unusable(
  unit: UnitState,
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure | undefined> {
  const { load, loadError } = unit;
  const unmasks = params.startup === "enabled" || params.startup === "disabled";
  if (isMasked(unit) && params.state === "running" && !unmasks && !isUp(unit)) {
    return failure(`${params.unit} is masked, so nothing can start it`, {
      code: "masked",
      hint: "with startup: enabled or disabled the mask is taken away",
    });
  }
  if (load === "not-found") {
    // Its file was taken away under it.
    if (isUp(unit) && params.startup !== "enabled") return undefined;
    if (params.state !== "running" && params.startup !== "enabled") return undefined;
    const near = (await managerOf(params, context).near(params.unit)).at(0);
    const message = `there is no unit ${params.unit} on this host`;
    // Whatever happens to other units makes it look again; that it is still not there is no news.
    const known = context.memory.waiting === message;
    context.memory.waiting = message;
    return failure(message, {
      code: "not-found",
      hint: near === undefined ? "it is found as soon as it appears" : `did you mean "${near}"?`,
      known,
    });
  }
  if (params.startup === "enabled" && cannotBeEnabled(unit)) {
    return failure(`${params.unit} cannot be enabled: it is ${unit.file}`, {
      code: unit.file,
      hint: "its file has no [Install] section; leave startup out, or add one in a drop-in",
    });
  }
  if (load === "loaded" || load === "masked" || load === "stub" || load === "merged") {
    return undefined;
  }
  return failure(`${params.unit} cannot be loaded (${load}): ${loadError}`, {
    code: load,
    hint: `look at it with: systemd-analyze verify ${params.unit}`,
  });
}

async function apply(
  steps: readonly Step[],
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure | undefined> {
  const starts = steps.some((step) => "job" in step);
  context.memory.working = true;
  try {
    const problem = await applySteps(steps, params, context) ??
      (context.cause.refresh && !starts ? await refresh(params, context) : undefined);
    context.memory.broken = problem !== undefined;
    return problem;
  } finally {
    context.memory.working = false;
  }
}

/** Makes a running unit read its configuration; one that does not run will read it when it starts. */
async function refresh(
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure | undefined> {
  if (params.refresh === "none") return undefined;
  const found = await managerOf(params, context).look(params.unit, context.signal, QUICK);
  if (!found.ok) return found.failure;
  if (!isUp(found.value)) {
    return context.memory.finished
      ? await applySteps([{ job: "start" }], params, context)
      : undefined;
  }
  const job = params.refresh === "reload" && found.value.canReload ? "reload" : "restart";
  return await applySteps([{ job }], params, context);
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
