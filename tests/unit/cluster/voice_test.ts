import { assert, assertEquals } from "@std/assert";
import { ClusterAgent } from "../../../src/cluster/agent/agent.ts";
import type { AgentDisk, ClusterAgentEvent } from "../../../src/cluster/agent/io.ts";
import type { News } from "../../../src/cluster/agent/news.ts";
import { PATIENCE } from "../../../src/cluster/leader/view.ts";
import { failure, type Result } from "../../../src/base/result.ts";
import type { CallAnswer, StoreCall } from "../../../src/cluster/agent/calls.ts";

const URL = "http://127.0.0.1:1";

/** A client whose cluster answers only while `isThere` says so; the result is what it said, when. */
function listen(isThere: (now: number) => boolean, limitMs: number, disk?: Partial<AgentDisk>) {
  return follow({ isThere, limitMs, ...(disk === undefined ? {} : { disk }) }).heard;
}

/** The same, and when it compared what is exchanged, in seconds. */
function follow({ isThere = () => true, limitMs, disk, revisionAt = () => 1 }: {
  readonly isThere?: (now: number) => boolean;
  readonly limitMs: number;
  readonly disk?: Partial<AgentDisk>;
  readonly revisionAt?: (now: number) => number;
}) {
  const settings = {
    host: "h1",
    seeds: [URL],
    clientUrls: ["http://127.0.0.1:2"],
    peerUrls: ["http://127.0.0.1:3"],
    server: false,
    volunteer: false,
    patience: PATIENCE,
  };
  const agent = new ClusterAgent(
    settings,
    { id: "me", clusterId: "c", endpoints: [URL], ...disk },
    () => "0",
  );
  const heard: string[] = [];
  const compared: number[] = [];
  let wakeAt = 0;
  const queue: ClusterAgentEvent[] = [{ type: "start" }];
  for (let now = 0, steps = 0; now < limitMs; steps++) {
    assert(steps < 50_000, `no rest at ${now} ms`);
    const event = queue.shift();
    if (event === undefined) {
      now = Math.max(now + 1, wakeAt);
      queue.push({ type: "wake" });
      continue;
    }
    for (const effect of agent.step(event, now)) {
      if (effect.type === "wake") wakeAt = effect.at;
      if (effect.type === "call") {
        const result = answerTo(effect.call, isThere(now), revisionAt(now));
        queue.push({ type: "answer", id: effect.id, result });
      }
      if (effect.type === "compare") compared.push(Math.round(now / 1000));
      if (effect.type === "tell") {
        const text = words(effect.news);
        if (text !== undefined) heard.push(`${Math.round(now / 1000)}: ${text}`);
      }
    }
  }
  return { heard, compared };
}

function words(news: News): string | undefined {
  if (news.what === "contact-back") return `back after ${Math.round(news.forMs / 1000)}`;
  if (news.what !== "contact-lost") return undefined;
  return `lost for ${Math.round(news.forMs / 1000)}${news.isFirst ? " from the start" : ""}`;
}

function answerTo(call: StoreCall, isThere: boolean, revision: number): Result<CallAnswer> {
  if (!isThere) return { ok: false, failure: failure("nobody", { code: "unavailable" }) };
  const member = { id: "a", name: "h0-00000000", peerUrls: [], clientUrls: [URL], learner: false };
  const answers: Partial<Record<StoreCall["type"], object>> = {
    members: { clusterId: "c", members: [member] },
    grant: { id: "1", ttlMs: 15_000 },
    keep: { id: "1", ttlMs: 15_000 },
    transact: { succeeded: true, revision, got: [] },
  };
  return { ok: true, value: answers[call.type] as CallAnswer };
}

Deno.test("a host that loses the cluster says so once, and once that it is back", () => {
  const heard = listen((now) => now < 60_000 || now > 200_000, 400_000);
  assertEquals(heard.length, 2, heard.join());
  const [lost, back] = heard;
  const [, lostAt] = /^(\d+): lost for 5$/.exec(lost!) ?? [];
  assert(Number(lostAt) <= 75, lost);
  assert(/^20\d: back after 1[34]\d$/.test(back!), back);
});

Deno.test("a host that starts without its cluster says so, and not that of a host that joins", () => {
  assertEquals(listen((now) => now > 29_500, 60_000), [
    "10: lost for 10 from the start",
    "30: back after 30",
  ]);
  assertEquals(listen(() => true, 60_000), []);
  const isNew = { clusterId: undefined } as unknown as Partial<AgentDisk>;
  assertEquals(listen(() => false, 60_000, isNew), []);
});

Deno.test("a second cut soon after the first is said as soon as the first was", () => {
  const cuts = (now: number) => now > 60_000 && now < 90_000 || now > 130_000 && now < 170_000;
  const heard = listen((now) => !cuts(now), 300_000);
  assertEquals(heard.length, 4, heard.join());
  assert(heard[2]!.endsWith(": lost for 5"), heard.join());
});

Deno.test("a contact that stays lost, or comes and goes, is spoken of every some minutes at most", () => {
  const away = listen((now) => now < 10_000, 35 * 60_000);
  assertEquals(away.length, 4, away.join());
  const shaky = listen((now) => now % 40_000 < 20_000, 20 * 60_000);
  assert(shaky.length >= 4 && shaky.length <= 20, shaky.join());
  const short = listen((now) => now % 60_000 > 3000, 20 * 60_000);
  assertEquals(short, [], "an election is no loss");
});

Deno.test("after contact was lost and is back, what is exchanged is compared with the store, once", () => {
  const isThere = (now: number) => now < 60_000 || now > 100_000 && now < 160_000 || now > 190_000;
  const { compared } = follow({ isThere, limitMs: 400_000 });
  assertEquals(compared.length, 2, compared.join());
  assert(compared[0]! >= 100 && compared[0]! <= 102, compared.join());
  assert(compared[1]! >= 190 && compared[1]! <= 192, compared.join());
  assertEquals(follow({ limitMs: 400_000 }).compared, []);
});

Deno.test("a store that went back in time without a loss of contact is compared, too", () => {
  const revisionAt = (now: number) => now < 100_000 ? 50 : 40;
  const { compared } = follow({ revisionAt, limitMs: 400_000 });
  assertEquals(compared.length, 1, compared.join());
  assert(compared[0]! >= 100 && compared[0]! <= 131, compared.join());
});

Deno.test("a cluster that has not answered since the start is not said to answer", () => {
  const settings = {
    ...{ host: "h1", seeds: [URL], clientUrls: ["http://127.0.0.1:2"] },
    ...{ peerUrls: ["http://127.0.0.1:3"], server: false, volunteer: false, patience: PATIENCE },
  };
  const agent = new ClusterAgent(
    settings,
    { id: "me", clusterId: "c", endpoints: [URL] },
    () => "0",
  );
  const effects = agent.step({ type: "start" }, 0);
  assertEquals(agent.status().answers, false, "its question is still under way");
  const asked = effects.find((effect) => effect.type === "call");
  assert(asked?.type === "call");
  const answer = (isThere: boolean): ClusterAgentEvent => (
    { type: "answer", id: asked.id, result: answerTo(asked.call, isThere, 1) }
  );
  agent.step(answer(true), 10);
  assertEquals(agent.status().answers, true);
});
