import { assert, assertEquals } from "@std/assert";
import { failure, type Result } from "../../../src/base/result.ts";
import type { ClusterAgentEvent, Effect } from "../../../src/cluster/agent/io.ts";
import { BootstrapPeers, type Hello } from "../../../src/cluster/agent/hello.ts";
import type { Members } from "../../../src/cluster/store/store.ts";
import { Alone, NOBODY, nobodyAnswers, SETTINGS } from "../../support/lone_agent.ts";
import { warningOf } from "../../support/cluster_news.ts";
import { obstacleText } from "../../../src/report/cluster_text.ts";
import type { Obstacle } from "../../../src/cluster/agent/hello.ts";

function obstacle(found: Obstacle | undefined): string | undefined {
  return found && obstacleText(found.why);
}

function unstarted(effect: Effect, message: string): ClusterAgentEvent | undefined {
  if (effect.type !== "etcd" || effect.wish === undefined) return undefined;
  return { type: "etcd-ended", name: effect.wish.name, end: "unstarted", message };
}

Deno.test("a founding that fails at once is tried again after growing pauses", () => {
  const foundings: number[] = [];
  const alone = new Alone((effect, now) => {
    const end = unstarted(effect, "the disk is too small");
    if (end !== undefined) foundings.push(now);
    return end ?? nobodyAnswers(effect);
  });
  alone.take({ type: "start" });
  alone.waitUntil(60_000);
  const pauses = foundings.slice(1).map((at, index) => at - foundings[index]!);
  assert(foundings.length >= 3 && foundings.length <= 8, foundings.join());
  assertEquals(pauses, pauses.toSorted((a, b) => a - b));
});

Deno.test("a run that ends by itself and cannot found its cluster has had none that could be over", () => {
  const answers = (effect: Effect) =>
    unstarted(effect, "another program listens there") ?? nobodyAnswers(effect);
  const alone = new Alone(answers, { endsByItself: true });
  alone.take({ type: "start" });
  alone.waitUntil(30_000);
  assertEquals(alone.of("over"), []);
  assertEquals(alone.disk, { id: "me", endpoints: [] });
});

Deno.test("a founding that fails late is not tried again at once: who was faster is looked for first", () => {
  const alone = new Alone(nobodyAnswers);
  alone.take({ type: "start" });
  assertEquals(alone.foundings, 1);
  alone.waitUntil(10_000);
  const calls = alone.of("call").length;
  alone.take(unstarted(alone.of("etcd").at(-1)!, "address already in use")!);
  assertEquals(alone.foundings, 1);
  assert(alone.of("call").length > calls, "nobody was asked");
});

Deno.test("an answer of another's cluster that comes while a host founds one counts for nothing", () => {
  const late: number[] = [];
  const alone = new Alone((effect) => {
    if (effect.type === "answer-hello" && effect.on) return { type: "address", held: false };
    // The first question is answered at once, the second one later.
    const isLate = effect.type === "call" && late.push(effect.id) > 1;
    return isLate ? undefined : nobodyAnswers(effect);
  });
  const members: Members = {
    clusterId: "c1",
    members: [{ id: "1", name: "h2-0000", peerUrls: [], clientUrls: [], learner: false }],
  };
  alone.take({ type: "start" });
  alone.waitUntil(1500);
  alone.take({ type: "address", held: true });
  assertEquals(alone.foundings, 1, "it does not found");
  assert(late.length > 1, "it asks nobody again");
  alone.take(
    ...late.slice(1).map((id) => ({
      type: "answer" as const,
      id,
      result: { ok: true as const, value: members },
    })),
  );
  assertEquals(alone.disk?.clusterId, undefined);
  alone.take(unstarted(alone.of("etcd").at(-1)!, "address already in use")!);
  assertEquals(alone.disk?.member, undefined, "it will found one whenever the address is free");
});

Deno.test("an address that was taken at first is opened once it is free", () => {
  let isFree = false;
  const alone = new Alone((effect) => {
    if (effect.type !== "answer-hello" || !effect.on) return nobodyAnswers(effect);
    return { type: "address", held: isFree };
  });
  alone.take({ type: "start" });
  alone.waitUntil(10_000);
  assertEquals(alone.foundings, 0);
  isFree = true;
  alone.waitUntil(20_000);
  assertEquals(alone.foundings, 1);
});

Deno.test("an address is not taken while the etcd of another host that founds there starts", () => {
  let isTaken = true;
  const hello = { id: "other", cluster: "founding", endpoints: [], hosts: [] };
  const { clientUrls } = SETTINGS;
  const answer = { ok: true as const, value: { ...hello, clientUrls } };
  const alone = new Alone((effect) => {
    if (effect.type === "ask") {
      return { type: "hello", id: effect.id, answer: isTaken ? answer : NOBODY };
    }
    if (effect.type !== "answer-hello" || !effect.on) return nobodyAnswers(effect);
    return { type: "address", held: !isTaken };
  });
  alone.take({ type: "start" });
  alone.waitUntil(3000);
  isTaken = false;
  alone.waitUntil(6000);
  assertEquals(alone.foundings, 0);
  alone.waitUntil(20_000);
  assertEquals(alone.foundings, 1);
});

const FORMER = "http://127.0.0.1:9";

/** A host that has left a cluster of which FORMER was a member; that says this of itself. */
function comesBack(former: () => Partial<Hello> | undefined): Alone {
  return new Alone(
    (effect) => {
      if (effect.type !== "ask") return nobodyAnswers(effect);
      const said = effect.clientUrl === FORMER ? former() : undefined;
      if (said === undefined) return { type: "hello", id: effect.id, answer: NOBODY };
      const plain = {
        id: "z",
        cluster: "none",
        clientUrls: [FORMER],
        hosts: [FORMER],
        endpoints: [],
      };
      return { type: "hello", id: effect.id, answer: { ok: true, value: { ...plain, ...said } } };
    },
    {},
    [FORMER],
  );
}

Deno.test("who has left founds no cluster while a former member is silent or knows one", () => {
  let said: Partial<Hello> | undefined;
  const alone = comesBack(() => said);
  alone.take({ type: "start" });
  alone.waitUntil(20_000);
  assertEquals(alone.foundings, 0, "it may be there still");
  said = { cluster: "c1" };
  alone.waitUntil(40_000);
  assertEquals(alone.foundings, 0);
  said = { hosts: [...SETTINGS.clientUrls, FORMER] };
  alone.waitUntil(60_000);
  assertEquals(alone.foundings, 1, "all have left");
});

Deno.test("who has left founds none while one that another former member knows of is silent", () => {
  const hosts = [...SETTINGS.clientUrls, FORMER];
  let endpoints = ["http://127.0.0.1:8", ...SETTINGS.clientUrls];
  const alone = comesBack(() => ({ hosts, endpoints }));
  alone.take({ type: "start" });
  alone.waitUntil(20_000);
  assertEquals(alone.foundings, 0);
  endpoints = [];
  alone.waitUntil(40_000);
  assertEquals(alone.foundings, 1);
});

Deno.test("of two without seeds that have left and know each other, one founds", () => {
  const knows = { endpoints: SETTINGS.clientUrls };
  const foundings = (former: Partial<Hello>) => {
    const alone = comesBack(() => former);
    alone.take({ type: "start" });
    alone.waitUntil(20_000);
    return alone.foundings;
  };
  assertEquals(foundings({ ...knows, id: "z" }), 1);
  assertEquals(foundings({ ...knows, id: "a" }), 0);
  assertEquals(foundings({ id: "z" }), 0, "the other knows of no one to ask, and founds one");
});

Deno.test("who names other seeds is told which: an address and a name for it are two hosts", () => {
  const [address, name] = ["http://10.0.0.1:2379", "http://h1:2379"];
  const own: Hello = {
    id: "me",
    cluster: "none",
    clientUrls: ["http://h2:2379"],
    hosts: [address, "http://h2:2379"],
    endpoints: [],
  };
  const textOf = (hosts: readonly string[]) => {
    const known = new BootstrapPeers();
    known.ask(1, address, 0);
    const other = { ...own, id: "other", clientUrls: [name], hosts };
    known.answered(1, { ok: true, value: other });
    return obstacle(known.whyNotFound(own, 0));
  };
  const remedy = "all need the same --seeds, each as that host advertises itself";
  assertEquals(
    textOf([name, address, "http://h2:2379"]),
    `${name} names ${name}, which this host does not: ${remedy}`,
  );
  assertEquals(
    textOf([name, "http://h2:2379"]),
    `${name} names ${name}, which this host does not, and not ${address}, which this host does: ${remedy}`,
  );
});

/** What seeds say of themselves: by address, from a time on. */
type Say = (url: string, now: number) => Partial<Hello> | undefined;

const [S1, S2] = ["http://10.0.0.1:2379", "http://10.0.0.2:2379"];

/** A host that names these seeds has started. */
function started(seeds: readonly string[], say: Say): Alone {
  const hosts = [...seeds, ...SETTINGS.clientUrls].sort();
  const alone = new Alone((effect, now) => {
    if (effect.type !== "ask") return nobodyAnswers(effect);
    const { clientUrl, id } = effect;
    const said = say(clientUrl, now);
    const plain = { id: "z", cluster: "none", clientUrls: [clientUrl], hosts, endpoints: [] };
    const answer = said === undefined
      ? NOBODY
      : { ok: true as const, value: { ...plain, ...said } };
    return { type: "hello", id, answer };
  }, { seeds });
  alone.take({ type: "start" });
  return alone;
}

/** What it warns of until then. */
function warned(untilMs: number, seeds: readonly string[], say: Say): string[] {
  const alone = started(seeds, say);
  alone.waitUntil(untilMs);
  return alone.of("tell").flatMap(({ news }) => warningOf(news));
}

Deno.test("a host that waits while another one founds is not warned, unless that takes very long", () => {
  const founder: Say = () => ({ id: "a" });
  assertEquals(warned(25_000, [S1], founder), []);
  const [text, ...more] = warned(60_000, [S1], founder);
  assert(text?.includes(`${S1} is the one to found it`), text);
  assertEquals(more, []);
  const founding: Say = () => ({ cluster: "founding" });
  assertEquals(warned(25_000, [S1], founding), []);
});

Deno.test("a seed that stays silent is warned of, whatever another one says meanwhile", () => {
  const [text] = warned(12_000, [S1, S2], (url) => url === S1 ? { id: "a" } : undefined);
  assert(text?.includes("nobody"), text);
});

Deno.test("a seed that is silent for moments is not warned of, however long the wait is", () => {
  // Two seconds in four, as on a machine that is too busy.
  const slow: Say = (_, now) => now % 4000 < 2000 ? undefined : { id: "a" };
  assertEquals(warned(25_000, [S1], slow), []);
});

Deno.test("who is not needed to found a cluster is not told to be among the seeds", () => {
  // Neither where it names all of them nor where one is enough for it.
  const others: Say = () => ({ hosts: [S1, S2] });
  assertEquals(warned(25_000, [S1, S2], others), []);
  const [text] = warned(60_000, [S1], others);
  assert(text?.includes(`${S1} has no cluster yet`), text);
});

Deno.test("who is known to another by another name is told that, though it is not named", () => {
  const known = new BootstrapPeers();
  const own: Hello = {
    id: "me",
    cluster: "none",
    clientUrls: ["http://h2:2379"],
    hosts: [S1, "http://h2:2379"],
    endpoints: [],
  };
  const other: Hello = { ...own, id: "other", clientUrls: [S1], hosts: [S1, S2] };
  known.ask(1, S1, 0);
  known.answered(1, { ok: true, value: other });
  assertEquals(obstacle(known.whyNotFound(own, 0)), `${S1} has no cluster yet`);
  known.askedBy(other, 0);
  assertEquals(
    obstacle(known.whyNotFound(own, 0)),
    `${S1} names ${S2}, which this host does not, and not http://h2:2379, which this host does: ` +
      "all need the same --seeds, each as that host advertises itself",
  );
});

Deno.test("a seed that is silent since it has begun to found is handing over its address", () => {
  const handsOver: Say = (_, now) => now < 2000 ? { cluster: "founding" } : undefined;
  assertEquals(warned(25_000, [S1], handsOver), []);
  const [text] = warned(60_000, [S1], handsOver);
  assert(text?.includes("nobody"), text);
  const [early] = warned(15_000, [S1], (_, now) => now < 2000 ? { id: "a" } : undefined);
  assert(early?.includes("nobody"), "that is no handover");
});

Deno.test("hosts that start together are not tried as etcds while they answer that they run none", () => {
  const tried = (say: Say) => {
    const alone = started([S1, S2], say);
    alone.waitUntil(2000);
    const before = alone.of("call").length;
    alone.waitUntil(6000);
    const urls = alone.of("endpoints").at(-1)?.clientUrls;
    return { calls: alone.of("call").length - before, urls };
  };
  assertEquals(tried(() => ({ id: "a" })).calls, 0);
  // As soon as one answers no more, its etcd may be there.
  const taken = tried((url, now) => url === S1 && now > 3000 ? undefined : { id: "a" });
  assert(taken.calls > 5, `${taken.calls} calls`);
  assertEquals(taken.urls, [S1]);
});

/** How often each of so many seeds is asked in ten seconds by a host of which one answers differently. */
function questions(count: number, first: Partial<Hello> | undefined): number[] {
  const seeds = Array.from({ length: count }, (_, i) => `http://10.0.0.${i + 1}:2379`);
  const alone = started(seeds, (url) => url === seeds[0] ? first : {});
  alone.waitUntil(10_000);
  const asked = alone.of("ask").map(({ clientUrl }) => clientUrl);
  return seeds.map((url) => asked.filter((each) => each === url).length);
}

Deno.test("who waits for another to found the cluster asks that one, and of many others some in turn", () => {
  const [founder = 0, ...others] = questions(40, { id: "a" });
  assert(founder >= 18, `${founder} questions`);
  assert(others.every((count) => count >= 1 && count <= 3), others.join());
  assert(questions(4, { id: "a" }).every((count) => count >= 18), "few are all asked");
});

Deno.test("who is to found the cluster asks all, many not as often as few, before an answer is too old", () => {
  assert(questions(3, undefined).every((count) => count >= 18 && count <= 22));
  assert(questions(40, undefined).every((count) => count >= 9 && count <= 11));
});

Deno.test("while the etcd of who founds a cluster takes its place, nobody is told that nobody is there", () => {
  const url = "http://127.0.0.1:9";
  const founder: Hello = {
    id: "h0",
    cluster: "founding",
    clientUrls: [url],
    hosts: [],
    endpoints: [],
  };
  let hello: Result<Hello> = { ok: true, value: founder };
  const alone = new Alone((effect) => {
    if (effect.type !== "ask") return nobodyAnswers(effect);
    return { type: "hello", id: effect.id, answer: hello };
  }, { seeds: [url], server: false });
  const told = () =>
    alone.of("tell").flatMap(({ news }) => news.what === "waiting" ? [obstacleText(news.why)] : []);
  alone.take({ type: "start" });
  alone.waitUntil(2000);
  hello = { ok: false, failure: failure(`nothing listens at ${url}`, { code: "refused" }) };
  alone.waitUntil(20_000);
  assertEquals(told().at(-1), `${url} knows a cluster, or founds one`);
  alone.waitUntil(60_000);
  assertEquals(told().at(-1), `nothing listens at ${url}`);
});
