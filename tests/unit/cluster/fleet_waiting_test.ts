import { assertEquals } from "@std/assert";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import type { ClusterStatus } from "../../../src/cluster/admin/cluster_status.ts";
import { waitForFleet } from "../../../src/cluster/admin/fleet_waiting.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const WELL = ok({ doing: "well" } as ClusterStatus);
const ILL = ok({ doing: "ill" } as ClusterStatus);
const UNTOLD = ok({ doing: "untold" } as ClusterStatus);
const AWAY: Result<ClusterStatus> = fail("nobody answers", { code: "unavailable" });

/** The end of a wait of 100 s for a fleet that is seen so, once a second; the last stands. */
async function endOf(
  ...seen: readonly Result<ClusterStatus>[]
): Promise<readonly [string, number]> {
  const clock = new ManualClock();
  let asked = 0;
  const waiting = waitForFleet({
    look: () => Promise.resolve(seen[Math.min(asked++, seen.length - 1)]!),
    hasConverged: ({ doing }) => doing === "well",
    onlyUntold: ({ doing }) => doing === "untold",
    ...{ timeoutMs: 100_000, clock },
  }).then(({ end }) => [end, clock.nowMs()] as const);
  await clock.pass(110_000);
  return await waiting;
}

Deno.test("a fleet has converged when it has said so for six seconds; a cluster that is away is waited for", async () => {
  assertEquals(await endOf(WELL), ["converged", 6000]);
  assertEquals(await endOf(AWAY, ILL, WELL, WELL, ILL, WELL, AWAY, WELL), ["converged", 13_000]);
  assertEquals(await endOf(ILL), ["late", 100_000]);
  assertEquals(await endOf(AWAY), ["unseen", 100_000]);
  assertEquals(await endOf(fail("which?", { code: "which" })), ["refused", 0]);
});

Deno.test("a fleet of which some hosts do not tell how they are is not waited for for ever", async () => {
  assertEquals(await endOf(UNTOLD), ["untold", 60_000]);
  // One that has just begun tells soon.
  assertEquals(await endOf(UNTOLD, UNTOLD, WELL), ["converged", 8000]);
  assertEquals(await endOf(UNTOLD, ILL, UNTOLD), ["untold", 62_000]);
});
