/**
 * Whether a command has to run now.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import type { Awaitable, Failure } from "../../base/result.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import { holds } from "./command.ts";
import type { Argv } from "../shared/command/split.ts";
import type { ExecParams } from "./params.ts";

/** It succeeded once since the vertex began. */
export interface ExecMemory {
  ran: boolean;
}

/** `creates`, `unless` and `ifcmd` say whether it is needed; without them it is needed once, and on events. */
export function check(
  params: ExecParams,
  context: KindContext<ExecMemory>,
): Awaitable<Drift<undefined> | Failure | undefined> {
  const { creates } = params;
  const asked = params.condition !== undefined || params.unless !== undefined;
  if (creates === undefined) {
    return asked ? checkConditions(params, context) : needed(params, context);
  }
  return chain(isThere(creates, context), (there) => {
    if (typeof there !== "boolean") return there;
    if (there) return undefined;
    return asked ? checkConditions(params, context) : due(`${creates} does not exist`);
  });
}

function needed(
  { watch }: ExecParams,
  { cause, memory }: KindContext<ExecMemory>,
): Drift<undefined> | undefined {
  if (!memory.ran) {
    return due("has not run yet", "no ifcmd, unless or creates: each run runs it once");
  }
  if (watch !== undefined && cause.event) return drift("watchcmd printed a line", undefined);
  return cause.poll ? drift("its poll interval has passed", undefined) : undefined;
}

async function checkConditions(
  params: ExecParams,
  context: KindContext<ExecMemory>,
): Promise<Drift<undefined> | Failure | undefined> {
  const { condition, unless } = params;
  if (!context.probes) return unasked(params);
  const reasons: string[] = [];
  if (unless !== undefined) {
    const result = await holds("unless", unless, params, context);
    if (!result.ok) return result.failure;
    if (result.value) return undefined;
    reasons.push("unless did not exit with 0");
  }
  if (condition !== undefined) {
    const result = await holds("ifcmd", condition, params, context);
    if (!result.ok) return result.failure;
    if (!result.value) return undefined;
    reasons.push("ifcmd exited with 0");
  }
  return due(reasons.join(", "));
}

/** What can be said where no command may run. */
function unasked({ condition, unless }: ExecParams): Drift<undefined> | undefined {
  if (condition !== undefined && isProgram("false", condition)) return undefined;
  if (unless !== undefined && isProgram("true", unless)) return undefined;
  const names = [condition && "ifcmd", unless && "unless"].filter((name) => name !== undefined);
  const [were, run] = names.length === 1 ? ["was", "runs it"] : ["were", "runs them"];
  const why = `its ${names.join(" and ")} ${were} not run (--allow-probe ${run})`;
  return drift("may have to run", undefined, { unknown: { why, isDue: false } });
}

/** It has to run; only running it shows how it ends. */
function due(reason: string, why = `${reason}, and only running it shows how it ends`) {
  return drift(reason, undefined, { unknown: { why, isDue: true } });
}

/** `false` and `true` are the usual ways to say that a command runs on notify edges only. */
function isProgram(wanted: "false" | "true", [program, ...words]: Argv): boolean {
  return words.length === 0 && program.replace(/^(\/usr)?\/bin\//, "") === wanted;
}

/** Whether something stands at a path. */
export function isThere(path: string, { host, signal }: KindContext): Awaitable<boolean | Failure> {
  return chain(
    host.files.look(path, { signal }),
    (sight) => sight.ok ? sight.value.type !== "absent" : sight.failure,
  );
}
