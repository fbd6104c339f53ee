/** Places of the fleet while this host's part in a cluster comes and goes. */

import { assertEquals } from "@std/assert";
import { FleetPlaces } from "../../../src/app/cluster/fleet_places.ts";
import type { PlaceRequest } from "../../../src/cluster/agent/io.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { warningOf } from "../../support/cluster_news.ts";

class Part {
  readonly log: string[] = [];

  want({ name }: PlaceRequest): void {
    this.log.push(`want ${name}`);
  }

  unwant(): void {
    this.log.push("unwant");
  }
}

function setUp(network = true) {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const places = new FleetPlaces({
    clock,
    waitMs: 5000,
    network,
    tell: (fact) => warnings.push(...warningOf(fact)),
    wanted: () => {},
  });
  const never = new AbortController().signal;
  const ask = (fallback: "wait" | "go") =>
    places.acquire({ name: "x", size: 1, key: "svc[x]", fallback }, never, () => {});
  return { clock, warnings, places, ask };
}

Deno.test("a wish waits for a part in a cluster, is handed to it, and lost with it when it was held", async () => {
  const { clock, places, ask } = setUp();
  const place = ask("wait");
  await clock.pass(600_000);
  const part = new Part();
  places.attach(part);
  assertEquals(part.log, ["want x"]);
  places.place({ type: "place", want: 1, is: "held" });
  const held = await place;
  assertEquals(held?.lost.aborted, false);
  places.attach(undefined);
  assertEquals(held?.lost.aborted, true);
  assertEquals(
    held?.failure().message,
    "its place in fleet:x:1 is lost: this host has left its cluster",
  );
});

Deno.test("who may go on without a place does so where there is no part at all, and when one is lost", async () => {
  const { clock, warnings, places, ask } = setUp();
  const first = ask("go");
  await clock.pass(5000);
  const why = "(fleet_fallback: go): this host is in no cluster";
  assertEquals((await first)?.warning, `goes on without a place in fleet:x:1 ${why}`);
  places.attach(new Part());
  const second = ask("go");
  places.place({ type: "place", want: 2, is: "held" });
  places.place({ type: "place", want: 2, is: "lost", why: "no contact" });
  assertEquals([(await second)?.lost.aborted, warnings.length], [false, 1]);
});

Deno.test("a place that comes when nobody waits any more is given back", async () => {
  const { places } = setUp();
  const part = new Part();
  places.attach(part);
  const end = new AbortController();
  const ask = { name: "x", size: 1, key: "svc[x]", fallback: "wait" } as const;
  const place = places.acquire(ask, end.signal, () => {});
  end.abort();
  places.place({ type: "place", want: 1, is: "held" });
  assertEquals([await place, part.log], [undefined, ["want x", "unwant"]]);
});

Deno.test("without a network nobody waits for a place: it fails, or goes on where it may", async () => {
  const { places, ask } = setUp(false);
  const waits = await ask("wait");
  assertEquals([waits?.lost.aborted, waits?.failure().code], [true, "no-network"]);
  waits?.release();
  const goes = await ask("go");
  assertEquals([goes?.lost.aborted, goes?.warning !== undefined], [false, true]);
  goes?.release();
  // Nothing of it is left for a part in a cluster, if one came.
  const part = new Part();
  places.attach(part);
  assertEquals(part.log, []);
});
