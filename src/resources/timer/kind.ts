/**
 * The kind `timer`: something that happens again and again.
 *
 * @module
 */

import type { Timer } from "../../os/clock.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import { defineKind, drift, type WatchContext } from "../../kind/kind.ts";
import { TIMER_FIELDS, type TimerFields } from "./fields.ts";

interface TimerParams {
  readonly name: string;
  readonly intervalMs: number;
}

/** Its interval has passed since the last pass. */
interface TimerMemory {
  due: boolean;
}

/** A timer: what its notify edges point at is refreshed at every interval. */
export default defineKind<TimerFields, TimerParams, undefined, TimerMemory>({
  kind: "timer",
  summary: "refreshes what its notify edges point at, at every interval",
  fields: TIMER_FIELDS,
  emptyIsUnset: true,
  examples: [`graph: timer
resources:
  timer:
  - name: minute
    interval: 60
  exec:
  - name: report
    cmd: uptime
edges:
- from: {kind: timer, name: minute}
  to: {kind: exec, name: report}
  notify: true
`],
  resolve: ({ interval }, { name }) => ({ name, intervalMs: interval * 1000 }),
  identity: ({ name }) => name,
  memory: () => ({ due: false }),
  check: ({ intervalMs }, { memory }) =>
    memory.due
      ? drift(`${intervalMs / 1000} s have passed`, undefined, { worldless: true })
      : undefined,
  apply: (_plan, _params, { memory }) => {
    memory.due = false;
    return undefined;
  },
  watch,
  heals: false,
  changesHost: false,
  preview: "full",
});

/** Fires at whole multiples of the interval since the start; those that were missed are skipped. */
function watch(
  { intervalMs }: TimerParams,
  { host, memory, signal, changed }: WatchContext<TimerMemory>,
): Watch {
  const { clock } = host;
  const startMs = clock.nowMs();
  let timer: Timer | undefined;
  let round = 0;
  const arm = (): void => {
    // A timer may fire a little early: the same round must not come twice.
    round = Math.max(round, Math.floor((clock.nowMs() - startMs) / intervalMs)) + 1;
    timer = clock.after(Math.max(0, startMs + round * intervalMs - clock.nowMs()), fire);
  };
  const fire = (): void => {
    if (signal.aborted) return;
    memory.due = true;
    arm();
    changed({ source: "timer", what: "the interval has passed" });
  };
  arm();
  return { close: () => timer?.cancel() };
}
