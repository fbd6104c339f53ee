import { assert, assertEquals } from "@std/assert";
import { Agent } from "../../../src/cluster/agent.ts";
import type { AgentDisk, AgentEvent, News } from "../../../src/cluster/agent_io.ts";
import { PATIENCE } from "../../../src/cluster/view.ts";
import { failure, type Result } from "../../../src/base/result.ts";
import type { Answer, StoreCall } from "../../../src/cluster/calls.ts";

const URL = "http://127.0.0.1:1";

/** A client whose cluster answers only while `isThere` says so; the result is what it said, when. */
function listen(isThere: (now: number) => boolean, limitMs: number, disk?: Partial<AgentDisk>) {
  const settings = {
    host: "h1",
    seeds: [URL],
    clientUrls: ["http://127.0.0.1:2"],
    peerUrls: ["http://127.0.0.1:3"],
    server: false,
    volunteer: false,
    patience: PATIENCE,
  };
  const agent = new Agent(
    settings,
    { id: "me", clusterId: "c", endpoints: [URL], ...disk },
    () => "0",
  );
  const heard: string[] = [];
  let wakeAt = 0;
  const queue: AgentEvent[] = [{ type: "start" }];
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
        queue.push({ type: "answer", id: effect.id, result: answerTo(effect.call, isThere(now)) });
      }
      if (effect.type === "tell") {
        const text = words(effect.news);
        if (text !== undefined) heard.push(`${Math.round(now / 1000)}: ${text}`);
      }
    }
  }
  return heard;
}

function words(news: News): string | undefined {
  if (news.type === "back") return `back after ${Math.round(news.forMs / 1000)}`;
  if (news.type !== "lost") return undefined;
  return `lost for ${Math.round(news.forMs / 1000)}${news.isFirst ? " from the start" : ""}`;
}

function answerTo(call: StoreCall, isThere: boolean): Result<Answer> {
  if (!isThere) return { ok: false, failure: failure("nobody", { code: "unavailable" }) };
  const member = { id: "a", name: "h0-00000000", peerUrls: [], clientUrls: [URL], learner: false };
  const answers: Partial<Record<StoreCall["type"], object>> = {
    members: { clusterId: "c", members: [member] },
    grant: { id: "1", ttlMs: 15_000 },
    keep: { id: "1", ttlMs: 15_000 },
    transact: { succeeded: true, revision: 1, got: [] },
  };
  return { ok: true, value: answers[call.type] as Answer };
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

Deno.test("a contact that stays lost, or comes and goes, is spoken of every some minutes at most", () => {
  const away = listen((now) => now < 10_000, 35 * 60_000);
  assertEquals(away.length, 4, away.join());
  const shaky = listen((now) => now % 40_000 < 20_000, 20 * 60_000);
  assert(shaky.length >= 4 && shaky.length <= 20, shaky.join());
  const short = listen((now) => now % 60_000 > 3000, 20 * 60_000);
  assertEquals(short, [], "an election is no loss");
});
