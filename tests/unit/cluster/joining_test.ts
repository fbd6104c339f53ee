/**
 * What a host asks and says until it has a cluster, on the agent alone.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import { ClusterAgent } from "../../../src/cluster/agent/agent.ts";
import type {
  AgentDisk,
  AgentSettings,
  ClusterAgentEvent,
  Effect,
} from "../../../src/cluster/agent/io.ts";
import { PATIENCE } from "../../../src/cluster/leader/view.ts";
import { sentenceOf } from "../../support/cluster_news.ts";

const OWN = "http://127.0.0.1:2379";
const SEED = "http://10.0.0.1:2379";

const taken: ClusterAgentEvent = {
  type: "address",
  held: false,
  problem: failure(`${OWN} is taken by something else`, { code: "address-taken" }),
};

type Answers = (effect: Effect) => ClusterAgentEvent | undefined;

/** An agent whose calls nobody answers, and what it said and asked. */
class Waiting {
  readonly agent: ClusterAgent;
  readonly said: string[] = [];
  readonly asked = new Set<string>();
  endpoints: readonly string[] = [];
  now = 0;
  #wakeAt = 0;
  readonly #answers: Answers;

  constructor(
    settings: Partial<AgentSettings>,
    answers: Answers = () => undefined,
    disk: Partial<AgentDisk> = {},
  ) {
    this.agent = new ClusterAgent(
      {
        host: "h1",
        seeds: [],
        clientUrls: [OWN],
        peerUrls: ["http://127.0.0.1:2380"],
        server: true,
        volunteer: true,
        patience: PATIENCE,
        ...settings,
      },
      { id: "me", endpoints: [], ...disk },
      () => "00",
    );
    this.#answers = answers;
    this.#take({ type: "start" });
  }

  passes(ms: number): void {
    const endMs = this.now + ms;
    for (let steps = 0; this.now < endMs; steps++) {
      assert(steps < 5000, "no rest");
      this.now = Math.min(endMs, Math.max(this.now + 1, this.#wakeAt));
      this.#take({ type: "wake" });
    }
  }

  #take(first: ClusterAgentEvent): void {
    const queue = [first];
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      for (const effect of this.agent.step(event, this.now)) {
        this.#see(effect);
        const answer = this.#answers(effect) ?? silence(effect);
        // What this host finds out by itself comes before what others say.
        if (answer?.type === "address") queue.unshift(answer);
        else if (answer !== undefined) queue.push(answer);
      }
    }
  }

  #see(effect: Effect): void {
    if (effect.type === "wake") this.#wakeAt = effect.at;
    if (effect.type === "ask") this.asked.add(effect.clientUrl);
    if (effect.type === "endpoints") this.endpoints = effect.clientUrls;
    if (effect.type !== "tell") return;
    const said = sentenceOf(effect.news);
    if (said === undefined) return;
    this.said.push(`${said.level === "warning" ? said.level : effect.news.what}: ${said.text}`);
  }
}

function silence(effect: Effect): ClusterAgentEvent | undefined {
  if (effect.type === "answer-hello" && effect.on) return { type: "address", held: true };
  const failed = { ok: false as const, failure: failure("nobody", { code: "unavailable" }) };
  if (effect.type === "call") return { type: "answer", id: effect.id, result: failed };
  if (effect.type === "ask") return { type: "hello", id: effect.id, answer: failed };
  return undefined;
}

function addressTaken(effect: Effect): ClusterAgentEvent | undefined {
  return effect.type === "answer-hello" ? taken : undefined;
}

/** All seeds answer that. */
function answering(message: string, code: string): Answers {
  return (effect) =>
    effect.type === "ask"
      ? { type: "hello", id: effect.id, answer: { ok: false, failure: failure(message, { code }) } }
      : undefined;
}

Deno.test("a seed that is the own address is asked by a host that does not serve there", () => {
  const client = new Waiting({ server: false, volunteer: false, seeds: [OWN] });
  client.passes(3000);
  assertEquals([client.endpoints, [...client.asked]], [[OWN], [OWN]]);
  const crowded = new Waiting({ seeds: [OWN, SEED] }, addressTaken);
  crowded.passes(3000);
  assertEquals([crowded.endpoints, [...crowded.asked]], [[OWN, SEED], [OWN, SEED]]);
});

Deno.test("nobody asks himself: a seed that is the own address is left out where it is held", () => {
  const waiting = new Waiting({ seeds: [OWN, SEED] });
  waiting.passes(3000);
  assertEquals([waiting.endpoints, [...waiting.asked]], [[SEED], [SEED]]);
});

Deno.test("who has the own address is not asked for a cluster where other seeds are named", () => {
  const waiting = new Waiting({ seeds: [SEED] }, addressTaken);
  waiting.passes(3000);
  assertEquals([waiting.endpoints, [...waiting.asked]], [[SEED], [SEED]]);
});

Deno.test("a host that never runs etcd takes no port", () => {
  const opened: Effect[] = [];
  const see = (effect: Effect) => {
    if (effect.type === "answer-hello" && effect.on) opened.push(effect);
    return undefined;
  };
  new Waiting({ server: false, volunteer: false, seeds: [SEED] }, see).passes(3000);
  assertEquals(opened, []);
  new Waiting({ seeds: [SEED] }, see).passes(3000);
  assertEquals(opened.length, 1);
});

Deno.test("seeds that do not answer are a warning, once, when it lasts", () => {
  const waiting = new Waiting({ seeds: [SEED] }, answering("nothing listens there", "refused"));
  waiting.passes(4000);
  assertEquals(waiting.said.filter((line) => line.startsWith("warning")), []);
  waiting.passes(60_000);
  assertEquals(waiting.said, [
    "waiting: waiting for the seeds: no answer yet",
    "waiting: waiting for the seeds: nothing listens there",
    "warning: waiting for the seeds: nothing listens there; the own graph runs meanwhile",
  ]);
});

Deno.test("a seed that is no etcd, or whose name nobody knows, is a warning at once", () => {
  for (const code of ["stranger", "unknown-host"]) {
    const waiting = new Waiting(
      { seeds: [SEED, "http://10.0.0.2:2379"] },
      (effect) =>
        effect.type !== "ask" || effect.clientUrl === SEED
          ? undefined
          : answering("it is something else", code)(effect),
    );
    waiting.passes(2000);
    const line =
      "warning: waiting for the seeds: it is something else; the own graph runs meanwhile";
    assertEquals(waiting.said.at(-1), line);
    waiting.passes(60_000);
    assertEquals(waiting.said.filter((each) => each.startsWith("warning")), [line]);
  }
});

Deno.test("an address that this host does not have is not said to be taken", () => {
  const problem = failure(`${OWN} is no address of this host`, {
    code: "address-absent",
    hint: "see which it has",
  });
  const waiting = new Waiting(
    { seeds: [SEED] },
    (effect) =>
      effect.type === "answer-hello" ? { type: "address", held: false, problem } : undefined,
  );
  waiting.passes(2000);
  assertMatch(waiting.said.at(-1) ?? "", /^warning: .* is no address of this host \(see which/);
  assert(!waiting.said.some((line) => line.includes("taken")), waiting.said.join("\n"));
});

/** Two members' lists, one after the other; the volunteer's key as it was written, and its doors. */
function client(
  disk: Partial<AgentDisk>,
  lists: readonly (readonly string[])[],
  settings: Partial<AgentSettings> = {},
) {
  const seen = { opened: [] as boolean[], offers: [] as boolean[] };
  const reasons = new Set<string>();
  let asked = 0;
  const answer = (effect: Effect): ClusterAgentEvent | undefined => {
    if (effect.type === "answer-hello") {
      seen.opened.push(effect.on);
      return effect.on ? { type: "address", held: true } : undefined;
    }
    if (effect.type !== "call") return undefined;
    const { id, call } = effect;
    const text = JSON.stringify(call);
    const isRead = text.includes("nominated/h1");
    if (text.includes("volunteers/h1") && !isRead) {
      const offers = /volunteers.h1[^}]*clientUrls/.test(text);
      if (seen.offers.at(-1) !== offers) seen.offers.push(offers);
    }
    const reason = /status.h1[^}]*reason[\\":]*([^"\\]*)/.exec(text)?.[1];
    if (reason !== undefined) reasons.add(reason);
    if (call.type === "members") {
      const clientUrls = lists[Math.min(asked++, lists.length - 1)]!;
      const members = [{ id: "1", name: "m-01234567", peerUrls: [], clientUrls, learner: false }];
      return { type: "answer", id, result: { ok: true, value: { clusterId: "c1", members } } };
    }
    const value = call.type === "transact"
      ? { succeeded: true, revision: 5, got: [] }
      : { id: "7", ttlMs: 1e9 };
    return { type: "answer", id, result: { ok: true, value } };
  };
  return { seen, reasons, waiting: new Waiting(settings, answer, disk) };
}

Deno.test("a host whose address is a member's says so, in a warning and to the others", () => {
  const { seen, reasons, waiting } = client({ clusterId: "c1", endpoints: [SEED] }, [[SEED]], {
    clientUrls: [SEED],
  });
  waiting.passes(3000);
  assertEquals(seen.offers, [false]);
  assertEquals([...reasons], [`its address ${SEED} is that of m`]);
  assertEquals(waiting.said, [
    `warning: this host cannot run etcd: its address ${SEED} is that of m; ` +
    "give its own with --client-urls",
  ]);
});

Deno.test("a client is not in the way of the member whose address it has, and offers itself when that is free", () => {
  const { seen, waiting } = client({ clusterId: "c1", endpoints: [OWN] }, [[OWN], [SEED]]);
  waiting.passes(3000);
  assertEquals(seen, { opened: [false], offers: [false] });
  waiting.passes(60_000);
  assertEquals(seen, { opened: [false, true], offers: [false, true] });
});

Deno.test("who joins the cluster at its own address as a client says whose it is, and why", () => {
  const members = [{
    id: "1",
    name: "other-01234567",
    peerUrls: ["http://127.0.0.1:2380"],
    clientUrls: [OWN],
    learner: false,
  }];
  const result = { ok: true as const, value: { clusterId: "c1", members } };
  const waiting = new Waiting(
    {},
    (effect) =>
      effect.type === "call" && effect.call.type === "members"
        ? { type: "answer", id: effect.id, result }
        : addressTaken(effect),
  );
  assertEquals(
    waiting.said[0],
    `joined: other answers at ${OWN}: this host joins its cluster c1 as a client, ` +
      `because its own address ${OWN} is taken`,
  );
});
