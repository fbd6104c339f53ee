/**
 * What people hear of the etcd of a host: planned ends do not look like crashes, and what was said to
 * have ended is said to run again.
 */

import { assertEquals } from "@std/assert";
import { ClusterAgent } from "../../../src/cluster/agent/agent.ts";
import type { ClusterAgentEvent, Effect } from "../../../src/cluster/agent/io.ts";
import type { CallAnswer } from "../../../src/cluster/agent/calls.ts";
import type { Member, StoreEntry } from "../../../src/cluster/store/store.ts";
import { Exchange } from "../../../src/cluster/exchange/exchange.ts";
import { Alone, nobodyAnswers, SETTINGS } from "../../support/lone_agent.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { ModelWorld } from "../../simulation/model_store.ts";
import { textOf } from "../../support/cluster_news.ts";

const name = "h1-00000001";
const RAW = "peer became inactive (message send to peer failed)";
const OTHER: Member = {
  ...{ id: "2", name: "h2-00000001", learner: false },
  ...{ peerUrls: ["http://127.0.0.1:4"], clientUrls: ["http://127.0.0.1:3"] },
};
const OWN: Member = {
  ...{ id: "1", name, learner: false },
  ...{ peerUrls: SETTINGS.peerUrls, clientUrls: SETTINGS.clientUrls },
};

/** A host that runs a member, in a cluster of those; and what it says. */
class Host {
  readonly #agent: ClusterAgent;
  readonly said: string[] = [];
  /** Each time that it told how it stands: its phase, who is a member, and who is not any more. */
  readonly stood: string[] = [];
  now = 0;

  constructor(public members: readonly Member[]) {
    const member = { name, memberId: "1", initialCluster: [], founds: false, ran: true };
    const disk = { id: "me", clusterId: "c", endpoints: ["http://127.0.0.1:3"], member };
    this.#agent = new ClusterAgent(SETTINGS, disk, () => "0");
    this.take({ type: "start" });
    this.take({ type: "etcd-runs", name });
    this.passes(20_000);
  }

  passes(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += 1000;
      this.take({ type: "wake" });
    }
  }

  ends(end: "removed" | "other", message = RAW): void {
    this.take({ type: "etcd-ended", name, end, message });
  }

  take(event: ClusterAgentEvent): void {
    const events = [event];
    const effects = () => events.splice(0).flatMap((each) => this.#agent.step(each, this.now));
    for (let todo = effects(); todo.length > 0; todo = effects()) {
      for (const effect of todo) events.push(...this.#do(effect));
    }
  }

  #do(effect: Effect): ClusterAgentEvent[] {
    const text = effect.type === "tell" ? textOf(effect.news) : "";
    if (text !== "") this.said.push(text);
    if (effect.type === "tell" && effect.news.what === "membership") {
      const { phase, members, added = [], removed = [] } = effect.news;
      const names = (some: readonly { host: string; learner: boolean }[], mark: string) =>
        some.map(({ host, learner }) => ` ${mark}${host}${learner ? "?" : ""}`).join("");
      this.stood.push(
        `${phase}${names(members, "")}${names(added, "+")}${names(removed, "-")}`,
      );
    }
    const value = effect.type === "call" ? this.#answerTo(effect.call.type) : undefined;
    if (effect.type !== "call" || value === undefined) return [];
    return [{ type: "answer", id: effect.id, result: { ok: true, value } }];
  }

  #answerTo(call: string): CallAnswer | undefined {
    if (call === "members") return { clusterId: "c", members: this.members };
    return call === "grant" || call === "keep" ? { id: "7", ttlMs: 1e9 } : undefined;
  }
}

Deno.test("a planned removal does not look like a crash, whether the host or its etcd hears of it first", () => {
  const planned = new Host([OWN, OTHER]);
  planned.members = [OTHER];
  planned.passes(20_000);
  planned.ends("other", "it did not run");
  assertEquals(planned.said, ["no member of the cluster any more: runs as a client"]);

  const told = new Host([OWN, OTHER]);
  told.members = [OTHER];
  told.ends("removed");
  assertEquals(told.said, [
    "etcd has ended: the cluster has decided that this host is no member any more",
    "no member of the cluster any more: runs as a client",
  ]);
});

Deno.test("a host tells how it stands whenever that is different, and who came and went", () => {
  const host = new Host([{ ...OWN, learner: true }, OTHER]);
  host.passes(60_000);
  assertEquals(host.stood, ["returning", "learner h1? h2 +h1? +h2"]);
  host.members = [OWN, OTHER];
  host.passes(60_000);
  host.members = [OTHER];
  host.passes(60_000);
  host.ends("other", "it did not run");
  host.passes(60_000);
  assertEquals(host.stood.slice(2), ["voter h1 h2", "leaving h2 -h1", "joining h2"]);
});

Deno.test("an etcd that was said to have ended is said to run again", () => {
  const host = new Host([OWN, OTHER]);
  for (let count = 0; count < 2; count++) {
    host.ends("other", "it was killed (SIGKILL)");
    host.passes(3000);
    host.take({ type: "etcd-runs", name });
  }
  const once = ["etcd ended: it was killed (SIGKILL)", "etcd runs again"];
  assertEquals(host.said, [...once, ...once]);
});

Deno.test("a learner that became a voter says so, once", () => {
  const host = new Host([{ ...OWN, learner: true }, OTHER]);
  assertEquals(host.said, []);
  host.members = [OWN, OTHER];
  host.passes(60_000);
  assertEquals(host.said, ["votes now: is no learner any more"]);
});

Deno.test("a host whose name is taken says by whom, and where that one is", () => {
  const refused: string[] = [];
  const taken = (key: string) =>
    key.includes("live") ? { id: "other" } : { clientUrls: ["http://10.0.0.9:2379"], peerUrls: [] };
  const alone = new Alone((effect) => {
    if (effect.type === "tell" && effect.news.what === "trouble") {
      refused.push(effect.news.failure.message);
    }
    if (effect.type !== "call") return nobodyAnswers(effect);
    const { id, call } = effect;
    const written = { createRevision: 5, modRevision: 5, version: 1, lease: "9" };
    const otherwise = call.type === "transact" ? call.transaction.otherwise ?? [] : [];
    const got = otherwise.flatMap((each) =>
      each.type === "get"
        ? [{ key: each.key, value: JSON.stringify(taken(each.key)), ...written }]
        : []
    );
    const value = call.type === "members"
      ? { clusterId: "c", members: [OTHER] }
      : call.type === "transact"
      ? { succeeded: false, revision: 7, got }
      : { id: "7", ttlMs: 1e9 };
    return { type: "answer", id, result: { ok: true, value } };
  }, { seeds: ["http://127.0.0.1:3"] });
  alone.take({ type: "start" });
  alone.waitUntil(10_000);
  assertEquals(refused, [
    "the name h1 is taken by another host of this cluster (id other, at http://10.0.0.9:2379)",
  ]);
});

Deno.test("garbage that comes while a host writes its keys again is seen, too", () => {
  const writes: number[] = [];
  const alone = new Alone((effect) => {
    if (effect.type !== "call") return nobodyAnswers(effect);
    const { id, call } = effect;
    const isWrite = call.type === "transact" && call.transaction.then[0]?.type === "put";
    if (isWrite) writes.push(id);
    if (isWrite && writes.length > 1) return undefined;
    const value = call.type === "members"
      ? { clusterId: "c", members: [OTHER] }
      : call.type === "transact"
      ? { succeeded: true, revision: 10, got: [] }
      : { id: "7", ttlMs: 1e9 };
    return { type: "answer", id, result: { ok: true, value } };
  }, { seeds: ["http://127.0.0.1:3"], server: false });
  const spoil = (key: string, revision: number) => {
    const entry = { key, value: "x", createRevision: 1, modRevision: revision, version: 2 };
    const watch = alone.of("watch").findLast(({ range }) => range.from === key)!.watch;
    alone.take({ type: "changed", watch, changes: [{ key, entry, revision }] });
    return entry;
  };
  const answered = (succeeded: boolean, revision: number, got: StoreEntry[]) => {
    const value = { succeeded, revision, got };
    alone.take({ type: "answer", id: writes.at(-1)!, result: { ok: true, value } });
  };
  alone.take({ type: "start" });
  alone.waitUntil(5000);
  assertEquals(writes.length, 1);
  const live = spoil("/_mgmt/live/h1", 11);
  answered(false, 11, [live]);
  assertEquals(writes.length, 3, "it takes its name back");
  spoil("/_mgmt/status/h1", 13);
  answered(true, 12, []);
  alone.waitUntil(8000);
  assertEquals(writes.length, 4, "it was done before that");
  answered(true, 14, []);
  alone.waitUntil(20_000);
  assertEquals(writes.length, 4);
});

Deno.test("a cluster that answers is not said to be silent because what a host exports is refused", async () => {
  for (const isThere of [true, false]) {
    const clock = new ManualClock();
    const said: string[] = [];
    const exchange = new Exchange({
      ...{ host: "h1", hostId: "me", clock, noop: false, waitMs: 1000 },
      memory: { load: () => undefined, save: () => {} },
      condition: () => [],
      tell: (news) => said.push(textOf(news)),
      collected: () => {},
      settled: () => {},
      answers: () => isThere,
    });
    exchange.graph([{ kind: "file", name: "motd", fields: {} }], []);
    await clock.pass(2000);
    exchange.close();
    assertEquals(said, [
      isThere
        ? "what this host exports is not in the cluster yet: goes on without waiting for that"
        : "the cluster did not answer yet: the own graph goes on",
    ]);
  }
});

/** What an exchange that collects says of what it waits for, while `during` runs. */
async function waiting(
  during: (exchange: Exchange, clock: ManualClock, told: readonly boolean[]) => Promise<void>,
): Promise<readonly boolean[]> {
  const clock = new ManualClock();
  const told: boolean[] = [];
  const exchange = new Exchange({
    ...{ host: "h1", hostId: "me", clock, noop: true, waitMs: 1000 },
    memory: { load: () => undefined, save: () => {} },
    condition: () => [],
    tell: () => {},
    collected: () => {},
    settled: (hasCome) => void told.push(hasCome ?? false),
  });
  exchange.graph([], [{ kind: "file", allow: ["/a/"], owner: false, withdrawn: "keep" }]);
  await during(exchange, clock, told);
  exchange.close();
  return told;
}

Deno.test("that the first answers of a cluster have come is said once", async () => {
  const told = await waiting(async (exchange, _clock, told) => {
    const world = new ModelWorld();
    exchange.attach(world.open());
    await world.until(() => told.includes(true), () => `only ${told}`);
    exchange.compare();
    const looks = told.length;
    await world.until(() => told.length > looks, () => "it does not look again");
  });
  assertEquals(told.filter((hasCome) => hasCome).length, 1);
});

Deno.test("that a cluster was waited for in vain is not said to be its answer", async () => {
  assertEquals(await waiting((_exchange, clock) => clock.pass(2000)), [false]);
});
