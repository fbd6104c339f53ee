/** How a run stands in one word, as its events go on. */

import { assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { standingOf, troubles } from "../../../src/report/standing.ts";
import { RunState } from "../../../src/report/state.ts";

const RECAP = {
  ...{ ok: 0, changed: 0, failed: 0, blocked: 0, contested: 0, held: 0, noop: 0, aborted: 0 },
};
const HOLD = { reason: "", author: "", sinceMs: 0, untilMs: 1 };

/** A run that was told this; each event comes a second after the one before. */
function told(...events: readonly object[]) {
  let nowMs = 0;
  const state = new RunState(() => nowMs);
  for (const event of events) {
    nowMs += 1000;
    state.event(event as ReportEvent);
  }
  return state.snapshot;
}

const graph = (...names: readonly string[]) => ({
  ...{ type: "graph", name: "g", vertices: names.length, edges: 0 },
  keys: () => names.map((name) => `noop[${name}]`),
});
const of = (type: string, name: string, more: object = {}) => ({
  ...{ type, key: `noop[${name}]`, reason: "r", ...more },
});
const failed = (name: string) => of("failed", name, { failure: failure("no room") });
const settled = { type: "settled", recap: RECAP };
const start = { type: "start", version: "1", file: "g.yaml", startedNs: "0" };
const wrong = { type: "diagnostics", text: "", errors: 1, warnings: 0, keepsOld: true };

Deno.test("a run stands as the worst of what is not as it should be, since that began", () => {
  const right = [start, graph("a", "b"), of("ok", "a"), of("ok", "b"), settled];
  const cases: readonly (readonly [object, ...(readonly object[])])[] = [
    [{ standing: "starting", sinceMs: 1000 }, start],
    [{ standing: "working" }, start, graph("a"), of("ok", "a")],
    [{ standing: "converged", sinceMs: 5000 }, ...right],
    // To look again is no change, and a repair is one.
    [{ standing: "converged", sinceMs: 5000 }, ...right, of("ok", "a"), settled],
    [{ standing: "working" }, ...right, of("apply", "a")],
    [
      { standing: "converged", sinceMs: 8000 },
      ...[...right, of("apply", "a"), of("changed", "a"), settled],
    ],
    [{ standing: "failing", sinceMs: 6000 }, ...right, failed("a"), settled, failed("a")],
    [
      { standing: "failing", sinceMs: 7000 },
      ...right,
      of("held", "b", { hold: HOLD }),
      failed("a"),
    ],
    [{ standing: "failing", sinceMs: 6000 }, ...right, of("contested", "a"), wrong],
    [{ standing: "refused" }, ...right, wrong],
    [{ standing: "converged", sinceMs: 5000 }, ...right, wrong, { type: "good-again", file: "g" }],
    [{ standing: "blocked", sinceMs: 6000 }, ...right, of("blocked", "b", { by: "noop[a]" })],
    [{ standing: "held", sinceMs: 6000 }, ...right, of("held", "b", { hold: HOLD }), settled],
    [{ standing: "noop", sinceMs: 6000 }, ...right, of("would-change", "b"), settled],
    [{ standing: "stopping" }, ...right, { type: "stopping", why: "", working: [] }],
  ];
  for (const [standing, ...events] of cases) {
    assertEquals(standingOf(told(...events), undefined), standing as never);
  }
  assertEquals(standingOf(told(...right), "it hangs").standing, "hangs");
});

Deno.test("of what is not as it should be the worst is told of first, and of many the first", () => {
  const now = told(
    ...[start, graph("a", "b", "c", "d"), of("would-change", "a"), failed("b"), failed("c")],
    of("blocked", "d", { by: "noop[b]" }),
  );
  const keys = (most: number) => troubles(now, most).map(([key]) => key);
  assertEquals(keys(20), ["noop[b]", "noop[c]", "noop[d]", "noop[a]"]);
  assertEquals(keys(1), ["noop[b]"]);
  assertEquals(troubles(told(start, graph("a"), of("ok", "a")), 20), []);
});
