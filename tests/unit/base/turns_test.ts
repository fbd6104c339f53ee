import { assertEquals, assertRejects } from "@std/assert";
import { Turns } from "../../../src/base/turns.ts";

Deno.test("work on one thing is done one after the other, on others at the same time", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const slow = turns.take("a", async () => {
    log.push("slow");
    await gate.promise;
    log.push("slow done");
  });
  const next = turns.take("a", () => void log.push("next"));
  turns.take("b", () => void log.push("other"));
  assertEquals(log, ["slow", "other"]);
  gate.resolve();
  await Promise.all([slow, next]);
  assertEquals(log, ["slow", "other", "slow done", "next"]);
});

Deno.test("what needs no wait is done at once", () => {
  assertEquals(new Turns().take("a", () => 1), 1);
});

Deno.test("work that throws does not keep others from their turn", async () => {
  const turns = new Turns();
  const bad = turns.take("a", () => Promise.reject(new Error("no")));
  const good = turns.take("a", () => 2);
  await assertRejects(async () => await bad);
  assertEquals(await good, 2);
});

Deno.test("who leaves the queue does not let the next one in too early", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const leaving = new AbortController();
  const first = turns.take("a", async () => {
    await gate.promise;
    log.push("first");
  });
  const signals = [new AbortController().signal, leaving.signal];
  const left = turns.take("a", () => "done", { signals, instead: () => "left" });
  void Promise.resolve(left).then((how) => log.push(how));
  const last = turns.take("a", () => void log.push("last"));
  leaving.abort();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(log, ["left"]);
  gate.resolve();
  await Promise.all([first, last]);
  assertEquals(log, ["left", "first", "last"]);
});
