/** When what counts for a time ends, by the clock of who leads. */

import { assertEquals } from "@std/assert";
import { EndTimes } from "../../../src/cluster/agent/end_times.ts";

const span = (id: string, createRevision: number, forMs: number) => ({ id, createRevision, forMs });

Deno.test("a time is counted from when it was first seen, and anew for what was made again", () => {
  const ends = new EndTimes();
  assertEquals(ends.next, Infinity);
  ends.heard([span("ann", 1, 100), span("bob", 2, 50)], 1000);
  ends.heard([span("ann", 1, 100), span("bob", 7, 50)], 1020);
  assertEquals([ends.of(span("ann", 1, 100)), ends.of(span("bob", 7, 50))], [1100, 1070]);
  assertEquals(ends.next, 1070);
  ends.heard([span("ann", 1, 100)], 1030);
  ends.heard([span("ann", 1, 100), span("bob", 7, 50)], 1040);
  assertEquals(ends.of(span("bob", 7, 50)), 1090);
  assertEquals(ends.of(span("carl", 1, 5)), Infinity);
});
