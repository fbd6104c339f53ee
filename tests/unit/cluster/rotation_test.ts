/** How a leader replaces the authority, step by step, whatever becomes of hosts and leaders meanwhile. */

import { assert, assertEquals } from "@std/assert";
import {
  leftBehind,
  nextRotationStep,
  type RotationHost,
  type RotationStep,
  type RotationView,
} from "../../../src/cluster/leader/rotation.ts";
import type { RollingRecord, RotationRecord } from "../../../src/cluster/store/records.ts";

const OLD = { mark: "old", cert: "OLD" };
const NEXT = { mark: "next", cert: "NEXT" };
const DEAD_MS = 1000;

type MutableHost = { -readonly [Key in keyof RotationHost]: RotationHost[Key] };

/** Hosts as they are at first: `s…` have the server role, `m…` run etcd, too. */
function hostNamed(host: string): MutableHost {
  const keys = host.startsWith("a") ? [] : [OLD.mark];
  const trust = { believes: [OLD.mark], shows: OLD.mark, keys };
  return { host, id: `id of ${host}`, live: true, isMember: host.startsWith("m"), trust };
}

/** A cluster in which hosts do what they are asked. */
class World {
  record: RotationRecord;
  now = 0;
  self: string;
  signed = { tokens: 2, operators: 1 };
  readonly hosts: MutableHost[];
  readonly said: string[] = [];
  #rolling: RollingRecord | undefined;
  #isRolled = false;

  constructor(hosts: readonly string[], without?: { readonly host: string }) {
    this.hosts = hosts.map(hostNamed);
    this.self = hosts[0]!;
    this.record = {
      step: "asked",
      by: "m1",
      ...(without === undefined ? {} : { without }),
    };
  }

  host(name: string): MutableHost {
    const found = this.hosts.find(({ host }) => host === name);
    assert(found !== undefined);
    return found;
  }

  leave(name: string): void {
    Object.assign(this.host(name), { live: false, awaySince: this.now });
  }

  /** Another leader begins to count, and knows of before what the record says. */
  lead(self: string): void {
    this.self = self;
    for (const host of this.hosts) if (!host.live) host.awaySince = this.now;
  }

  next(): RotationStep | undefined {
    return nextRotationStep(this.#view(), this.now, DEAD_MS);
  }

  /** One step of the leader, then all that hosts do about it; false: nothing more is to be done. */
  turn(): boolean {
    const step = this.next();
    if (step === undefined) return false;
    if (step.type !== "note" && this.said.at(-1) !== step.reason) this.said.push(step.reason);
    switch (step.type) {
      case "make":
        this.record = { ...this.record, step: "share", old: OLD, next: NEXT };
        this.#learnKey(this.self);
        break;
      case "give":
        this.#learnKey(step.asked.host);
        break;
      case "roll":
        [this.#rolling, this.#isRolled] = [step.rolling, false];
        break;
      case "note":
      case "write":
        this.record = step.record;
        // Where a leader writes down what it has counted, it counts from then on.
        for (const host of this.hosts) if (!host.live) host.awaySince = this.now;
        break;
      case "yield":
        this.lead(this.hosts.find(({ host, live }) => live && host !== this.self)!.host);
        break;
      case "wait":
        if (this.#rolling !== undefined && !this.#isRolled) this.#isRolled = true;
        else if (step.lookAgainAt === undefined) return false;
        else this.now = step.lookAgainAt;
    }
    for (const host of this.hosts) this.#follow(host);
    return true;
  }

  run(): void {
    for (let count = 0; this.turn(); count++) assert(count < 100, this.said.join("\n"));
  }

  #view(): RotationView {
    const { record, hosts, signed } = this;
    const asked = hosts.filter(({ live, trust }) =>
      live && record.next !== undefined && trust !== undefined && trust.keys.length > 0 &&
      !trust.keys.includes(NEXT.mark)
    ).map(({ host }) => ({ host, text: "", revision: 1 }));
    return {
      ...{ record, hosts, signed, asked },
      lacksKey: (mark) => this.host(this.self).trust?.keys.includes(mark) === false,
      rolling: this.#rolling,
      isRolled: (generation) => this.#isRolled && this.#rolling?.generation === generation,
    };
  }

  #learnKey(name: string): void {
    const { trust } = this.host(name);
    if (trust !== undefined) this.host(name).trust = { ...trust, keys: [OLD.mark, NEXT.mark] };
  }

  #follow(host: MutableHost): void {
    const { trust, live } = host;
    const { step, without } = this.record;
    if (!live || trust === undefined || host.host === without?.host) return;
    if (step === "believe") host.trust = { ...trust, believes: [OLD.mark, NEXT.mark] };
    if (step === "certify") host.trust = { ...trust, shows: NEXT.mark };
    // Who was away until now goes all of that way, which takes the key where it has another.
    const canShow = trust.keys.length === 0 || trust.keys.includes(NEXT.mark);
    if (step === "forget" && canShow) {
      host.trust = { ...trust, believes: [NEXT.mark], shows: NEXT.mark };
    }
  }
}

Deno.test("all hosts come to the next authority together", () => {
  const world = new World(["m1", "m2", "m3", "s1", "a1"]);
  world.run();
  assertEquals(world.said, [
    "the next authority is made",
    "m2 gets the next one's key",
    "m3 gets the next one's key",
    "s1 gets the next one's key",
    "all hosts are to believe the next authority beside the old one",
    "the next authority is to be believed, too",
    "all members start their etcd anew: the next authority is to be believed, too",
    "all hosts get certificates of the next authority",
    "the old authority is to be believed no more",
    "the old authority counts no more",
    "all members start their etcd anew: the old authority counts no more",
    "nobody believes the old authority any more",
  ]);
  const { step, ended, away } = world.record;
  assertEquals([step, ended, away], ["done", { tokens: 2, operators: 1 }, []]);
});

Deno.test("whoever leads next goes on at any step", () => {
  const whole = new World(["m1", "m2", "m3"]);
  whole.run();
  for (let change = 1; change < 14; change++) {
    const world = new World(["m1", "m2", "m3"]);
    for (let count = 0; count < change; count++) world.turn();
    world.self = "m2";
    world.run();
    assertEquals(world.record.step, "done", `${change}: ${world.said.join("; ")}`);
  }
});

Deno.test("a key that was lost with the leader that made it is made anew, as long as nobody believes it", () => {
  const world = new World(["m1", "m2", "m3"]);
  world.turn();
  world.leave("m1");
  world.host("m1").isMember = false;
  world.self = "m2";
  // What it notes of the one that is away comes first.
  world.turn();
  assertEquals(world.next()?.type, "make");
});

Deno.test("who goes away is waited for like a silent member, and then named as left behind", () => {
  const world = new World(["m1", "m2", "m3", "a1", "a2"]);
  world.leave("a2");
  world.run();
  assertEquals([world.record.step, world.record.away], ["done", ["a2"]]);
  assert(world.said.includes("waiting for a2 to believe the next one"), world.said.join("\n"));
  assertEquals(world.now, DEAD_MS);
});

Deno.test("who is away is waited for once, though each step and each note brings another leader", () => {
  const world = new World(["m1", "m2", "m3", "a1", "a2"]);
  world.leave("a2");
  for (let count = 0; world.record.step !== "done"; count++) {
    assert(count < 100, world.said.join("\n"));
    const isWait = world.next()?.type === "wait";
    world.turn();
    if (isWait) continue;
    // What it has counted since its last note is lost with it.
    world.now += DEAD_MS / 50;
    world.lead(`m${count % 3 + 1}`);
  }
  assertEquals([world.record.away, world.record.patience], [["a2"], undefined]);
  assert(world.now < 2 * DEAD_MS, String(world.now));
});

Deno.test("who was given up is waited for again once it was back", () => {
  const world = new World(["m1", "m2", "m3", "a1"]);
  world.leave("a1");
  while (world.record.step !== "certify") assert(world.turn());
  assertEquals(world.record.patience, { a1: 0 });
  world.host("a1").live = true;
  world.turn();
  assertEquals(world.record.patience, {});
  world.leave("a1");
  const gone = world.now;
  world.run();
  assertEquals([world.record.away, world.now], [["a1"], gone + DEAD_MS]);
});

Deno.test("who is left behind from the beginning costs no time", () => {
  const world = new World(["m1", "m2", "m3", "a1"]);
  world.record = { ...world.record, patience: { a1: 0 } };
  world.leave("a1");
  world.run();
  assertEquals([world.record.step, world.record.away, world.now], ["done", ["a1"], 0]);
});

Deno.test("who has the server role and comes back while the old one is forgotten gets the key, and keeps nobody waiting", () => {
  const world = new World(["m1", "m2", "m3", "s1"]);
  world.leave("s1");
  for (let count = 0; world.record.step !== "forget"; count++) assert(world.turn() && count < 100);
  world.host("s1").live = true;
  world.run();
  assertEquals([world.record.step, world.record.away], ["done", []]);
  assert(world.said.includes("s1 gets the next one's key"), world.said.join("\n"));
});

Deno.test("a member whose agent is away is waited for without end", () => {
  const world = new World(["m1", "m2", "m3"]);
  world.leave("m3");
  world.run();
  assertEquals(world.record.step, "share");
  assertEquals(world.next()?.reason, "waiting for m3 to have its key");
  assertEquals(world.now, 0);
  world.host("m3").live = true;
  world.run();
  assertEquals(world.record.step, "done");
});

Deno.test("a host whose program is older than this is waited for by its name", () => {
  const world = new World(["m1", "m2", "a1"]);
  delete world.host("a1").trust;
  world.run();
  assertEquals(world.record.step, "believe");
  assertEquals(world.next()?.reason, "waiting for a1 to believe the next one");
});

Deno.test("a host that is cast out gets neither key nor certificate, and is no member first", () => {
  const world = new World(["m1", "m2", "m3", "a1"], { host: "m3" });
  assertEquals(world.next()?.reason, "waiting until m3 is no member any more");
  world.host("m3").isMember = false;
  world.run();
  assertEquals([world.record.step, world.record.away], ["done", []]);
  assertEquals(world.host("m3").trust, hostNamed("m3").trust);
  assert(!world.said.join().includes("m3 gets"));
});

Deno.test("under another name it is the same host", () => {
  const world = new World(["m1", "m2", "s3"]);
  world.record = { ...world.record, without: { host: "m3", id: "id of s3" } };
  for (let count = 0; count < 6; count++) world.turn();
  assertEquals(world.host("s3").trust?.keys, [OLD.mark]);
});

Deno.test("who was left behind is named until it is back or was forgotten", () => {
  const world = new World(["m1", "a1", "a2"]);
  world.leave("a1");
  world.leave("a2");
  world.run();
  assertEquals(leftBehind(world), ["a1", "a2"]);
  world.hosts.splice(2, 1);
  assertEquals(leftBehind(world), ["a1"]);
  const trust = { believes: [NEXT.mark], shows: NEXT.mark, keys: [] };
  Object.assign(world.host("a1"), { live: true, trust });
  assertEquals([leftBehind(world), world.next()], [[], undefined]);
});

Deno.test("a leader that does not have the next one's key leaves the lead to a member that has it, and only then", () => {
  for (const step of ["believe", "certify", "forget"] as const) {
    // It was away, was taken in as a member when it was back, and leads.
    const led = () => {
      const world = new World(["m1", "m2", "s3"]);
      world.leave("s3");
      while (world.record.step !== step) assert(world.turn(), world.said.join("\n"));
      const back = { live: true, isMember: true, awaySince: undefined };
      Object.assign(world.host("s3"), back, { trust: hostNamed("s3").trust });
      world.lead("s3");
      return world;
    };
    const world = led();
    world.run();
    assertEquals([world.self, world.record.step, world.record.away], ["m1", "done", []], step);
    const yielded = world.said.filter((reason) => reason.startsWith("m1 is to lead"));
    assertEquals(yielded.length, 1, step);
    const alone = led();
    for (const name of ["m1", "m2"]) alone.leave(name);
    for (let count = 0; count < 5 && alone.turn(); count++);
    assertEquals(alone.self, "s3", `${step}: nobody would lead`);
  }
});
