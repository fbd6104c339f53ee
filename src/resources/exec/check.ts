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

/** `creates` and `ifcmd` say whether it is needed; without them it is needed once, and on events. */
export function check(
  params: ExecParams,
  context: KindContext<ExecMemory>,
): Awaitable<Drift<undefined> | Failure | undefined> {
  const { creates, condition } = params;
  if (creates === undefined) {
    return condition === undefined ? needed(params, context) : checkCondition(params, context);
  }
  return chain(isThere(creates, context), (there) => {
    if (typeof there !== "boolean") return there;
    if (there) return undefined;
    return condition === undefined
      ? due(`${creates} does not exist`)
      : checkCondition(params, context);
  });
}

function needed(
  { watch }: ExecParams,
  { cause, memory }: KindContext<ExecMemory>,
): Drift<undefined> | undefined {
  if (!memory.ran) {
    return due("has not run yet", "no ifcmd: each run runs it once");
  }
  if (watch !== undefined && cause.event) return drift("watchcmd printed a line", undefined);
  return cause.poll ? drift("its poll interval has passed", undefined) : undefined;
}

async function checkCondition(
  params: ExecParams,
  context: KindContext<ExecMemory>,
): Promise<Drift<undefined> | Failure | undefined> {
  if (params.condition === undefined) return undefined;
  if (!context.probes) {
    if (neverHolds(params.condition)) return undefined;
    const unknown = { why: "its ifcmd was not run (--allow-probe runs it)", isDue: false };
    return drift("may have to run", undefined, { unknown });
  }
  const result = await holds(params.condition, params, context);
  if (!result.ok) return result.failure;
  return result.value ? due("ifcmd exited with 0") : undefined;
}

/** It has to run; only running it shows how it ends. */
function due(reason: string, why = `${reason}, and only running it shows how it ends`) {
  return drift(reason, undefined, { unknown: { why, isDue: true } });
}

/** The usual way to say that a command runs on notify edges only. */
function neverHolds([program, ...words]: Argv): boolean {
  return words.length === 0 && /^(\/usr)?(\/bin\/)?false$/.test(program);
}

/** Whether something stands at a path. */
export function isThere(path: string, { host, signal }: KindContext): Awaitable<boolean | Failure> {
  return chain(
    host.files.look(path, { signal }),
    (sight) => sight.ok ? sight.value.type !== "absent" : sight.failure,
  );
}
