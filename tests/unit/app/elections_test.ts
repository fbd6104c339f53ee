/** The elections of a host, as a program reads them. */

import { assertEquals } from "@std/assert";
import { Elections } from "../../../src/app/cluster/elections.ts";
import { FleetPlaces } from "../../../src/app/cluster/fleet_places.ts";
import type { PlaceRequest } from "../../../src/cluster/agent/io.ts";
import { NO_LEADER } from "../../../src/cluster/leader/elections.ts";
import { textOf } from "../../support/cluster_news.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** A host whose cluster says what the test has it say. */
class Host {
  readonly clock = new ManualClock();
  readonly asked: PlaceRequest[] = [];
  readonly left: number[] = [];
  readonly said: string[] = [];
  readonly places: FleetPlaces;
  readonly elections: Elections;
  told = 0;
  opened = 0;

  constructor({ network = true, noop = false } = {}) {
    const { clock } = this;
    const tell = (fact: Parameters<typeof textOf>[0]) => void this.said.push(textOf(fact));
    this.places = new FleetPlaces({ clock, waitMs: 10_000, network, tell, wanted: () => {} });
    const open = () => void this.opened++;
    this.elections = new Elections({
      ...{ clock, waitMs: 10_000, noop, tell, open },
      places: this.places,
    });
    this.elections.watch(() => void this.told++);
    this.places.attach({
      want: (wish) => void this.asked.push(wish),
      unwant: (want) => void this.left.push(want),
    });
  }

  /** How it is with the last place that was asked for. */
  async hears(is: "held" | "lost" | "waits", why = "", isTaken = false): Promise<void> {
    const { want } = this.asked.at(-1)!;
    const taken = isTaken ? { isTaken } as const : {};
    this.places.place(
      is === "held" ? { type: "place", want, is } : { type: "place", want, is, why, ...taken },
    );
    await this.clock.pass(1);
  }

  reads(name = "lead", count = "1"): unknown {
    const reading = this.elections.read([name, count]);
    return reading.isKnown ? reading.value : "?";
  }
}

Deno.test("a host stands for what is read, is elected when it has a place, and no more when that is lost", async () => {
  const host = new Host();
  assertEquals([host.reads(), host.reads()], ["?", "?"]);
  assertEquals(host.asked.map(({ name, size, mayGo }) => [name, size, mayGo]), [[
    "elect:lead",
    1,
    false,
  ]]);
  assertEquals(host.opened, 1);
  await host.hears("waits", "held by b");
  assertEquals(host.reads(), "?", "there may be a place for it");
  await host.hears("held");
  assertEquals([host.reads(), host.told], [true, 1]);
  await host.hears("lost", "no contact with the cluster");
  assertEquals([host.reads(), host.told], [false, 2]);
  assertEquals([host.asked.length, host.left], [2, [1]], "it gives it back, and stands again");
  await host.hears("held");
  assertEquals(host.reads(), true);
  assertEquals(host.said, [
    "this host is elected: lead",
    "this host is elected no longer: lead: no contact with the cluster",
    "this host is elected: lead",
  ]);
  host.elections.close();
  await host.clock.pass(1);
  assertEquals(host.left, [1, 2], "at the end another may have it at once");
  assertEquals([host.told, host.said.length], [3, 3], "nobody undoes anything for that");
});

Deno.test("whether a host is elected is not known before others have it, or it was waited for", async () => {
  const host = new Host();
  host.reads("taken");
  await host.hears("waits", "held by b", true);
  assertEquals(host.reads("taken"), false);
  assertEquals(host.reads("silent"), "?");
  await host.clock.pass(9900);
  assertEquals(host.reads("silent"), "?");
  await host.clock.pass(200);
  assertEquals(host.reads("silent"), false);
  assertEquals(host.said, [
    "the cluster did not say yet who is elected (silent): this host is not",
  ]);
  await host.hears("held");
  assertEquals(host.reads("silent"), true, "it stands all the same");
});

Deno.test("what is read no more is stood for no more, and another number is another election", async () => {
  const host = new Host();
  host.reads("lead", "1");
  await host.hears("held");
  host.reads("lead", "2");
  host.elections.keep([["lead", "2"]]);
  await host.clock.pass(1);
  assertEquals(host.left, [1]);
  assertEquals(host.asked.map(({ size }) => size), [1, 2]);
  host.elections.keep([]);
  await host.clock.pass(1);
  assertEquals(host.left, [1, 2]);
  assertEquals(host.reads("lead", "2"), "?");
  assertEquals([host.reads("", "1"), host.reads("lead", "0"), host.reads("lead", "x")], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("who changes nothing, or has no network, is elected for nothing", async () => {
  const would = new Host({ noop: true });
  assertEquals([would.reads(), would.asked.length], [false, 0]);
  const alone = new Host({ network: false });
  alone.places.attach(undefined);
  alone.reads();
  await alone.clock.pass(1);
  assertEquals(alone.reads(), false);
});

Deno.test("a host that leaves its cluster is elected no longer", async () => {
  const host = new Host();
  host.reads();
  await host.hears("held");
  host.places.attach(undefined);
  await host.clock.pass(1);
  assertEquals(host.reads(), false);
  assertEquals(
    host.said.at(-1),
    "this host is elected no longer: lead: this host has left its cluster",
  );
});

Deno.test("who only looks stands for nothing", async () => {
  const host = new Host();
  const look = () => host.elections.look(["lead", "1"]);
  assertEquals([look(), host.asked.length], [{ isKnown: true, value: false }, 0]);
  host.reads();
  await host.hears("held");
  assertEquals(look(), { isKnown: true, value: true });
});

Deno.test("who stands while no host leads says so once, until one leads again", async () => {
  const host = new Host();
  host.reads();
  await host.hears("waits", "held by b", true);
  await host.hears("waits", NO_LEADER);
  await host.clock.pass(4000);
  assertEquals(host.said, [], "another voter may lead soon");
  await host.hears("waits", NO_LEADER);
  await host.clock.pass(60_000);
  const said = "nobody elects (lead): no voter's agent runs";
  assertEquals(host.said, [said]);
  await host.hears("waits", "held by b", true);
  await host.hears("waits", NO_LEADER);
  await host.clock.pass(10_000);
  assertEquals(host.said, [said, said]);
  await host.hears("waits", NO_LEADER);
  await host.hears("held");
  await host.clock.pass(60_000);
  assertEquals([host.reads(), host.said.at(-1)], [true, "this host is elected: lead"]);
});
