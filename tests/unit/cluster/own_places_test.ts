/** What a host does about the places that it wants, where the simulation does not come by often. */

import { assert, assertEquals } from "@std/assert";
import type { ClusterAgentEvent, Effect } from "../../../src/cluster/agent/io.ts";
import type { StoreCall } from "../../../src/cluster/agent/calls.ts";
import { grantedKey, grantedRange, leaderKey } from "../../../src/cluster/store/keys.ts";
import type { StoreEntry, StoreOperation } from "../../../src/cluster/store/store.ts";
import { Alone, nobodyAnswers } from "../../support/lone_agent.ts";

const WISH = { want: 1, name: "x", size: 1, resource: "svc[x]", mayGo: false };
const OURS = "/_mgmt/wanted/h1/";
const VOTER = {
  ...{ id: "2", name: "h2-00000001", learner: false },
  ...{ peerUrls: ["http://127.0.0.1:4"], clientUrls: ["http://127.0.0.1:3"] },
};

function placesOf(alone: Alone): string[] {
  return alone.of("place").map((news) =>
    `${news.want} ${news.is}${"why" in news ? `: ${news.why}` : ""}`
  );
}

Deno.test("without a cluster who may goes on without a place after --cluster-wait, others wait", () => {
  const alone = new Alone(nobodyAnswers, {
    waitMs: 5000,
    server: false,
    seeds: ["http://127.0.0.1:3"],
  });
  alone.take({ type: "start" });
  alone.waitUntil(60_000);
  alone.take({ type: "want", wish: WISH }, {
    type: "want",
    wish: { ...WISH, want: 2, mayGo: true },
  });
  const why = "this host is in no cluster yet";
  alone.waitUntil(64_900);
  assertEquals(placesOf(alone), [`1 waits: ${why}`, `2 waits: ${why}`]);
  alone.waitUntil(600_000);
  assertEquals(placesOf(alone).slice(2), [`2 without: ${why}`]);
});

/** A host in a cluster that does all that it is asked for. */
class Joined {
  readonly alone: Alone;
  /** What is written, by key. */
  readonly keys = new Map<string, string | undefined>();
  #revision = 10;
  #leases = 0;
  answers = true;
  /** Questions that nobody answered. */
  unanswered = 0;
  /** Who has places, as the whole list says. */
  given: readonly StoreEntry[] = [];
  lists = 0;
  /** What others have written. */
  readonly others = new Map<string, StoreEntry>();

  constructor(others: readonly StoreEntry[] = []) {
    for (const entry of others) this.others.set(entry.key, entry);
    this.alone = new Alone((effect) => this.#answer(effect), {
      server: false,
      seeds: VOTER.clientUrls,
    });
    this.alone.take({ type: "start" });
    this.alone.waitUntil(1000);
  }

  get asked(): string[] {
    return [...this.keys.keys()].filter((key) => key.startsWith(OURS));
  }

  /** Somebody else has written that key, or removed it. */
  changed(key: string, lease?: string): void {
    this.#revision++;
    const at = { createRevision: this.#revision, modRevision: this.#revision, version: 1 };
    const value = JSON.stringify({ name: "x", size: 1, resource: "" });
    const entry = lease === undefined ? undefined : { key, value, lease, ...at };
    const { watch } = this.alone.of("watch").findLast(({ range }) =>
      key >= range.from && key < range.to
    )!;
    const changes = [{ key, entry, revision: this.#revision }];
    this.alone.take({ type: "changed", watch, changes });
  }

  /** The leader gives it what it asked for. */
  give(): void {
    assert(this.asked.length > 0, "it has asked for nothing");
    this.changed(this.asked.at(-1)!.replace("wanted", "granted"), "none");
  }

  #answer(effect: Effect): ClusterAgentEvent | undefined {
    if (effect.type !== "call" || !this.answers) {
      if (effect.type === "call") this.unanswered++;
      assert(this.unanswered < 500, "it asks without a pause");
      return nobodyAnswers(effect);
    }
    const value = this.#done(effect.call);
    return { type: "answer", id: effect.id, result: { ok: true, value } as never };
  }

  #done(call: StoreCall): unknown {
    if (call.type === "members") return { clusterId: "c", members: [VOTER] };
    if (call.type === "grant") return { id: `${++this.#leases}`, ttlMs: call.ttlMs };
    if (call.type === "keep") return { id: call.lease, ttlMs: 15_000 };
    if (call.type === "list") {
      const isGiven = call.range.from === grantedRange().from;
      if (isGiven) this.lists++;
      const at = { createRevision: 1, modRevision: 1, version: 1, value: "{}" };
      const wishes = this.asked.map((key) => ({ key, ...at, lease: this.keys.get(key) }));
      return { entries: isGiven ? this.given : wishes, revision: this.#revision };
    }
    if (call.type !== "transact") return undefined;
    this.#revision++;
    for (const each of call.transaction.then) this.#write(each);
    const gets = call.transaction.then.filter(({ type }) => type === "get");
    const got = gets.map((each) => "key" in each ? this.others.get(each.key) : undefined);
    return { succeeded: true, revision: this.#revision, got };
  }

  #write(operation: StoreOperation): void {
    if (operation.type === "put") this.keys.set(operation.key, operation.lease);
    else if (operation.type === "delete") this.keys.delete(operation.key);
  }
}

Deno.test("a place is held until it is given back, and what came late of a wish is removed", () => {
  const host = new Joined();
  host.alone.take({ type: "want", wish: WISH });
  assertEquals(host.asked.length, 1);
  host.give();
  assertEquals(placesOf(host.alone).at(-1), "1 held");
  host.alone.take({ type: "unwant", want: 1 });
  assertEquals(host.asked, []);
  const late = `${OURS}ff`;
  host.keys.set(late, "1");
  host.changed(late, "1");
  assertEquals(host.asked, [], "nobody wants it any more");
  host.keys.set(late, "77");
  host.changed(late, "77");
  assertEquals(host.asked, [late], "of another run: its lease ends it");
});

Deno.test("a host asks for no more places of a semaphore than it has", () => {
  const host = new Joined();
  for (const want of [1, 2, 3]) host.alone.take({ type: "want", wish: { ...WISH, want, size: 2 } });
  assertEquals(host.asked.length, 2);
  host.alone.take({ type: "unwant", want: 1 });
  assertEquals(host.asked.length, 2, "the third has its turn");
});

Deno.test("a place is lost seconds before its lease is, and when somebody takes it away", () => {
  const host = new Joined();
  host.alone.take({ type: "want", wish: WISH });
  host.give();
  host.answers = false;
  const { now } = host.alone;
  host.alone.waitUntil(now + 14_000);
  assertEquals(placesOf(host.alone).at(-1), "1 lost: no contact with the cluster");
  assertEquals(host.asked.length, 1, "given back when what was done has ended");

  const other = new Joined();
  other.alone.take({ type: "want", wish: WISH });
  other.give();
  other.changed(other.asked[0]!);
  assertEquals(placesOf(other.alone).at(-1), "1 lost: its place was taken away");
});

Deno.test("a wish that somebody removed is made again", () => {
  const host = new Joined();
  host.alone.take({ type: "want", wish: WISH });
  const [before] = host.asked;
  assert(before !== undefined, "it has asked for nothing");
  host.keys.delete(before);
  host.changed(before);
  assertEquals([host.asked.length, host.asked[0] === before], [1, false]);
});

Deno.test("who stands for an election soon hears whether others have it, and asks no more than it must", () => {
  const election = { ...WISH, name: "elect:lead", size: 2 };
  const at = { createRevision: 1, modRevision: 1, version: 1 };
  const leader = { key: leaderKey(), value: '{"host":"b","id":"b"}', lease: "9", ...at };
  const host = new Joined([leader]);
  const others = ["b", "c"].map((name) => ({
    key: grantedKey(name, "1"),
    value: JSON.stringify({ name: "elect:lead", size: 2 }),
    ...at,
  }));
  host.given = others.slice(0, 1);
  host.alone.take({ type: "want", wish: election });
  const from = host.alone.now;
  const taken = () => host.alone.of("place").map((news) => "isTaken" in news);
  host.alone.waitUntil(from + 100);
  assertEquals(taken(), [false], "there is room for it");
  host.given = others;
  host.alone.waitUntil(from + 1200);
  assertEquals(taken(), [false, true]);
  const { lists } = host;
  host.alone.waitUntil(from + 29_000);
  assertEquals(host.lists, lists);

  const unheard = new Joined([leader]);
  unheard.alone.take({ type: "want", wish: election });
  unheard.alone.waitUntil(unheard.alone.now + 100_000);
  assertEquals(taken().length, 2);
  assert(unheard.lists < 20, `without an answer of the leader it asks ${unheard.lists} times`);
});

Deno.test("who stands for an election asks a store that cannot answer once a second, not without a pause", () => {
  const host = new Joined();
  host.alone.take({ type: "want", wish: { ...WISH, name: "elect:lead" } });
  host.alone.waitUntil(host.alone.now + 100);
  host.answers = false;
  host.alone.waitUntil(host.alone.now + 8000);
  assert(host.unanswered < 60, `${host.unanswered} questions in 8 s`);
});
