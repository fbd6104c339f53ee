/** Which hosts the leader lets in with a token, and what it writes of it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fail, failure, ok, type Result } from "../../../src/base/result.ts";
import {
  answering,
  joinTransaction,
  type Judged,
  nextJoinStep,
  readJoins,
} from "../../../src/cluster/leader/joins.ts";
import {
  bindingKey,
  joinedKey,
  joinKey,
  leaderKey,
  liveKey,
  tokenKey,
} from "../../../src/cluster/store/keys.ts";
import { read, type TokenRecord, write } from "../../../src/cluster/store/records.ts";
import { KeyTable } from "../../support/key_table.ts";
import { readRefused, refusedText } from "../../../src/trust/refused_answer.ts";

const TOKEN = "00000000000000aa";
const HOUR_MS = 3600_000;
const keyOf = (host: number) => host.toString(16).padStart(64, "0");
const idOf = (host: number) => keyOf(host).slice(-32);

/** A cluster with one token, as its leader sees it. */
class Door extends KeyTable {
  fence = this.put(leaderKey(), "");
  readonly refused: string[] = [];

  constructor(token: Partial<TokenRecord> = {}) {
    super();
    const usual = { role: "agent", uses: 1, used: [], forMs: HOUR_MS } as const;
    this.put(tokenKey(TOKEN), write({ ...usual, madeAt: 0, madeBy: "h1", ...token }));
  }

  /** A host asks. */
  ask(host: number, name = `h${host}`): void {
    this.put(joinKey(TOKEN, keyOf(host)), name);
  }

  get token(): TokenRecord | undefined {
    return read.token(this.entries.get(tokenKey(TOKEN))?.value);
  }

  /** What a host was answered. */
  answer(host: number): string {
    const text = this.entries.get(joinedKey(TOKEN, keyOf(host)))?.value ?? "";
    return readRefused(text)?.why.message ?? text;
  }

  next(now = 0) {
    return nextJoinStep(readJoins(this.all), () => HOUR_MS, now);
  }

  /** All that the leader does; `judge` finds out what a request is. */
  settle(now = 0, judge: (key: string, name: string) => Result<Judged> = honest): void {
    for (let count = 0;; count++) {
      assert(count < 100, "it does not come to an end");
      const step = this.next(now);
      if (step === undefined) return;
      const transaction = step.type === "judge"
        ? answering(
          step.asked,
          judge(step.asked.key, this.entries.get(joinKey(TOKEN, step.asked.key))?.value ?? ""),
          this.all,
          this.fence,
        )
        : joinTransaction(step, this.fence);
      assert(this.transact(transaction), JSON.stringify(transaction));
    }
  }
}

function honest(key: string, host: string): Result<Judged> {
  return ok({ role: "agent", host, id: key.slice(-32), answer: `come in, ${host}` });
}

Deno.test("a host with a token is let in, its name is bound, and asking again costs nothing", () => {
  const door = new Door();
  door.ask(3);
  door.settle();
  assertEquals(door.answer(3), "come in, h3");
  const binding = door.entries.get(bindingKey("h3"))?.value;
  assertEquals(read.binding(binding), { id: idOf(3), role: "host" });
  assertEquals(door.token?.used, [keyOf(3)]);
  const before = JSON.stringify(door.all.filter(({ key }) => !key.includes("/join/")));
  door.ask(3);
  door.settle();
  assertEquals(JSON.stringify(door.all.filter(({ key }) => !key.includes("/join/"))), before);
});

Deno.test("a token for 20 lets 20 in that come at once, and not the 21st", () => {
  const door = new Door({ uses: 20 });
  for (let host = 1; host <= 21; host++) door.ask(host);
  door.settle();
  const answers = Array.from({ length: 21 }, (_, host) => door.answer(host + 1));
  assertEquals(answers.filter((text) => text.startsWith("come in")).length, 20);
  assertMatch(answers[20] ?? "", /used already \(20 of 20 times\)/);
  assertEquals(door.token?.used.length, 20);
  door.ask(7);
  door.settle();
  assertEquals(door.answer(7), "come in, h7");
});

Deno.test("who asks for another role than the token's, or is not what it says, is refused and costs no use", () => {
  const door = new Door();
  door.ask(3);
  door.settle(0, (key, host) => ok({ role: "server", host, id: key, answer: "the secret" }));
  assertMatch(door.answer(3), /for hosts that join as agent, not as server/);
  door.ask(4);
  door.settle(0, () => fail("the request is refused: its sender does not have the key"));
  assertMatch(door.answer(4), /does not have the key/);
  assertEquals(door.token?.used, []);
  assertEquals(door.all.some(({ value }) => value === "the secret"), false);
});

Deno.test("a name that is another's is refused, until that is gone and it is asked for again", () => {
  const door = new Door();
  door.put(bindingKey("h1"), write({ id: idOf(1), role: "host" }));
  door.put(liveKey("h2"), write({ id: idOf(2) }));
  door.ask(3, "h1");
  door.settle();
  assertMatch(door.answer(3), /the name h1 is another host's/);
  door.ask(3, "h2");
  door.settle();
  assertMatch(door.answer(3), /the name h2 is another host's/);
  assertEquals(door.token?.used, []);
  door.entries.delete(liveKey("h2"));
  door.settle();
  assertMatch(door.answer(3), /the name h2 is another host's/);
  door.ask(3, "h2");
  door.settle();
  assertEquals(door.answer(3), "come in, h2");
  assertEquals(read.binding(door.entries.get(bindingKey("h1"))?.value)?.id, idOf(1));
});

Deno.test("who certifies itself binds its name itself", () => {
  const door = new Door({ role: "server" });
  door.ask(3);
  door.settle(0, (key, host) => ok({ role: "server", host, id: key, answer: "sealed" }));
  assertEquals(door.answer(3), "sealed");
  assertEquals(door.entries.has(bindingKey("h3")), false);
});

Deno.test("when its time is over a token goes, with all that was asked and answered", () => {
  const door = new Door({ uses: 2 });
  door.ask(3);
  door.settle();
  door.ask(4);
  assertEquals(door.next(HOUR_MS - 1)?.type, "judge");
  door.settle(HOUR_MS);
  assertEquals(door.all.map(({ key }) => key), [leaderKey(), bindingKey("h3")]);
});

Deno.test("what a token that was revoked has left is cleared away, and nobody is let in with it", () => {
  const door = new Door({ uses: 2 });
  door.ask(3);
  door.settle();
  door.ask(4);
  const step = door.next();
  assert(step?.type === "judge");
  door.entries.delete(tokenKey(TOKEN));
  // It was judged just before.
  const late = answering(step.asked, honest(keyOf(4), "h4"), door.all, door.fence);
  assertEquals(door.transact(late), false);
  door.settle();
  assertEquals(door.all.map(({ key }) => key), [leaderKey(), bindingKey("h3")]);
});

Deno.test("a leader that leads no more answers nobody, and the next one counts once", () => {
  const door = new Door();
  door.ask(3);
  const step = door.next();
  assert(step?.type === "judge");
  const late = answering(step.asked, honest(keyOf(3), "h3"), door.all, door.fence);
  door.entries.delete(leaderKey());
  door.fence = door.put(leaderKey(), "");
  assertEquals(door.transact(late), false);
  door.settle();
  assertEquals(door.answer(3), "come in, h3");
  assertEquals(door.transact(late), false);
  assertEquals(door.token?.used, [keyOf(3)]);
});

Deno.test("a token with which more is asked than its hosts could ends, with all that was asked", () => {
  for (const uses of [1, 700]) {
    const door = new Door({ uses });
    door.ask(1);
    door.settle();
    const most = Math.max(1000, 2 * uses);
    for (let host = 2; host <= most + 1; host++) {
      const of = door.put(joinKey(TOKEN, keyOf(host)), `h${host}`);
      door.put(joinedKey(TOKEN, keyOf(host)), refusedText({ why: failure("used"), of }));
    }
    assertEquals(door.next(), undefined);
    door.ask(most + 2);
    const step = door.next();
    assert(step?.type === "end");
    assertMatch(step.misuse ?? "", /more than \d+ requests/);
    door.settle();
    assertEquals(door.all.map(({ key }) => key), [leaderKey(), bindingKey("h1")]);
  }
});

Deno.test("a token with which keys are written that are no requests ends", () => {
  for (const key of [`${joinKey(TOKEN, keyOf(3))}/more`, joinKey(TOKEN, "short")]) {
    const door = new Door();
    door.put(key, "x");
    const step = door.next();
    assert(step?.type === "end");
    assertMatch(step.misuse ?? "", /none of a request/);
    door.settle();
    assertEquals(door.all.map(({ key }) => key), [leaderKey()]);
  }
});

Deno.test("a request that another with the token has written over is looked at again when it is put again", () => {
  const door = new Door({ uses: 2 });
  const judge = (key: string, name: string) =>
    name.startsWith("h") ? honest(key, name) : fail("the request is refused: garbage");
  door.put(joinKey(TOKEN, keyOf(3)), "garbage");
  door.settle(0, judge);
  assertMatch(door.answer(3), /garbage/);
  door.ask(3);
  door.settle(0, judge);
  assertEquals(door.answer(3), "come in, h3");
  // Who has its answer keeps it, whoever writes there.
  door.put(joinKey(TOKEN, keyOf(3)), "garbage");
  door.settle(0, judge);
  assertEquals(door.answer(3), "come in, h3");
  assertEquals(door.entries.has(joinKey(TOKEN, keyOf(3))), false);
});

Deno.test("one key is bound to one name, however many tokens its host has", () => {
  const again = new Door();
  again.put(bindingKey("h3"), write({ id: idOf(3), role: "host" }));
  again.ask(3, "h4");
  again.settle();
  assertMatch(again.answer(3), /the key of this host is that of h3 in this cluster/);
  assertEquals(again.entries.has(bindingKey("h4")), false);
  assertEquals(again.token?.used, []);
  // It has left under that name.
  again.entries.delete(bindingKey("h3"));
  again.ask(3, "h4");
  again.settle();
  assertEquals(again.answer(3), "come in, h4");
});

Deno.test("a refusal goes with its request, and an answer stays for who asks again", () => {
  const door = new Door();
  door.ask(3);
  door.ask(4);
  door.settle();
  assertMatch(door.answer(4), /used already/);
  for (const host of [3, 4]) door.entries.delete(joinKey(TOKEN, keyOf(host)));
  door.settle();
  assertEquals([door.answer(3), door.answer(4)], ["come in, h3", ""]);
});

Deno.test("what is no token, request or answer is left alone, and what no token has asked goes", () => {
  const door = new Door();
  door.put(tokenKey("nonsense"), "x");
  door.put(`${joinedKey(TOKEN, keyOf(3))}/more`, "x");
  assertEquals(door.next(), undefined);
  door.put(joinKey("00000000000000bb", keyOf(3)), "x");
  door.put("/_mgmt/join/x", "x");
  assertEquals(door.next()?.type, "clear");
  door.settle();
  assertEquals(door.all.length, 4);
});
