/** What a host tells its cluster of its resources: when they have become other, and not too often. */

import { assertEquals } from "@std/assert";
import { RunsTeller } from "../../../src/app/cluster/runs_teller.ts";
import type { RunsRecord } from "../../../src/cluster/store/runs_record.ts";
import { failure } from "../../../src/base/result.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { RunState } from "../../../src/report/state.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const RECAP = {
  ...{ ok: 0, changed: 0, failed: 0, blocked: 0, contested: 0, held: 0, noop: 0, aborted: 0 },
};
const OK: ReportEvent = { type: "ok", key: "noop[a]" };
const SETTLED: ReportEvent = { type: "settled", recap: RECAP };
const APPLY: ReportEvent = { type: "apply", key: "noop[a]", reason: "r", refresh: false };
const FAILED: ReportEvent = { type: "failed", key: "noop[a]", failure: failure("no room") };

/** A run with one resource, which tells a cluster. */
function run() {
  const clock = new ManualClock();
  const state = new RunState(() => clock.nowMs());
  const teller = new RunsTeller({ clock, state });
  const said: RunsRecord[] = [];
  const tell = async (...events: readonly ReportEvent[]) => {
    for (const event of events) {
      state.event(event);
      teller.event();
    }
    await clock.pass(0);
  };
  const start = () =>
    tell(
      { type: "start", version: "1.2 abc (Deno 2)", file: "g", startedNs: "0" },
      {
        ...{ type: "graph", name: "g", vertices: 1, edges: 0, automatic: 0, added: 1 },
        ...{ changed: 0, removed: 0, kept: 0, seed: 1, keys: () => ["noop[a]"] },
      } as ReportEvent,
      ...[OK, SETTLED],
    );
  const listener = { runs: (record: RunsRecord) => void said.push(record) };
  return { clock, teller, said, tell, start, listener };
}

Deno.test("a host tells its cluster how its resources are once they have become other, at most every 5 s", async () => {
  const { clock, teller, said, tell, start, listener } = run();
  await start();
  teller.attach(listener);
  await clock.pass(1000);
  const well = { converged: true, failed: 0, held: 0, version: "1.2 abc" };
  assertEquals(said, [{ ...well, since: 200 }]);
  // What is healed all the time is no news.
  for (let count = 0; count < 100; count++) {
    await tell(APPLY, {
      type: "changed",
      key: "noop[a]",
      reason: "r",
      tookMs: 1,
      worldless: false,
    });
    await tell(SETTLED);
    await clock.pass(300);
  }
  assertEquals(said.length, 1);
  await clock.pass(5000);
  await tell(FAILED);
  await clock.pass(200);
  assertEquals(said.at(-1), { ...well, converged: false, failed: 1, since: clock.nowMs() });
  // One that comes and goes is told of as it is when the time has come.
  for (let count = 0; count < 11; count++) await tell(OK, SETTLED, FAILED);
  await tell(OK, SETTLED);
  await clock.pass(4000);
  assertEquals(said.length, 2);
  await clock.pass(1000);
  assertEquals(said.length, 3);
  assertEquals(said.at(-1), { ...well, since: clock.nowMs() });
});

Deno.test("whoever takes part anew is told at once how the resources are, and who has left is told nothing", async () => {
  const { clock, teller, said, tell, start, listener } = run();
  teller.attach(listener);
  assertEquals(said, []);
  await start();
  await clock.pass(1000);
  teller.attach(undefined);
  await tell(FAILED);
  assertEquals([said.length, clock.armed], [1, 0]);
  teller.attach(listener);
  assertEquals(said[1], said[0]);
  await tell(FAILED);
  await clock.pass(5000);
  assertEquals(said.at(-1)?.failed, 1);
});
