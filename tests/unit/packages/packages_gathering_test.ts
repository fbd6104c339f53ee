import { assert, assertEquals } from "@std/assert";
import { assertSpyCalls, spy } from "@std/testing/mock";
import { fail, failure, ok } from "../../../src/base/result.ts";
import { createPackages } from "../../../src/packages/batching.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import {
  fakePackages,
  FakeProvider,
  FREELY,
  numbered,
  STEP_MS,
  wanted,
} from "../../support/fake_packages.ts";

Deno.test("who asks at the same time shares one question", async () => {
  const { clock, provider, packages } = fakePackages();
  const names = numbered(1000);
  for (const name of names) provider.offered.set(name, "1");
  const asked = Promise.all(names.map((name) => packages.look(name, FREELY)));
  await clock.pass(2 * STEP_MS);
  const answers = await asked;
  assertEquals(provider.questions, [names]);
  assertEquals(answers[7], ok({ name: "p7", near: [], available: "1" }));
  assertEquals(clock.armed, 0);
});

Deno.test("a question that comes later than another is not answered with what was known before", async () => {
  const { clock, provider, packages } = fakePackages();
  const first = packages.look("a", FREELY);
  await clock.pass(STEP_MS / 2);
  provider.installed.set("a", "1");
  const second = packages.look("a", FREELY);
  await clock.pass(3 * STEP_MS);
  assertEquals(provider.questions.length, 2);
  assertEquals((await first).ok, true);
  assertEquals(await second, ok({ name: "a", near: [], installed: "1" }));
});

Deno.test("questions with different trust are asked apart", async () => {
  const { clock, provider, packages } = fakePackages();
  void packages.look("a", FREELY);
  void packages.look("b", { ...FREELY, allowNonfree: true });
  await clock.pass(2 * STEP_MS);
  assertEquals(provider.questions, [["a"], ["b"]]);
});

Deno.test("who leaves is not waited for, and a question that nobody waits for is stopped", async () => {
  const { clock, provider, packages } = fakePackages();
  const leaving = [new AbortController(), new AbortController()];
  const asked = leaving.map(({ signal }) => packages.look("a", FREELY, signal));
  await clock.pass(STEP_MS / 2);
  leaving[0]?.abort();
  assertEquals((await asked[0])?.ok, false);
  assertEquals(provider.signals[0]?.aborted, false);
  leaving[1]?.abort();
  assertEquals((await asked[1])?.ok, false);
  assertEquals(provider.signals[0]?.aborted, true);
  const after = packages.look("a", FREELY);
  await clock.pass(3 * STEP_MS);
  assertEquals((await after).ok, true);
});

Deno.test("what is wanted within a few milliseconds is one transaction", async () => {
  const { clock, provider, packages } = fakePackages();
  const names = numbered(1000);
  for (const name of names) provider.offered.set(name, "1");
  const moments = Array.from({ length: 9 }, (_, ms) => clock.sleep(ms));
  const made = names.map(async (name, index) => {
    await moments[index % moments.length];
    return await packages.change(wanted(name));
  });
  await clock.pass(10 * STEP_MS);
  assertEquals(new Set(await Promise.all(made)), new Set([undefined]));
  assertEquals(provider.transactions.length, 1);
  assertEquals(provider.transactions[0]?.length, 1000);
  assertEquals(provider.questions.length, 1);
  assertEquals(clock.armed, 0);
});

Deno.test("what was seen just now is not looked at again, what was seen earlier is", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of ["a", "b"]) provider.offered.set(name, "1");
  for (const [name, pauseMs, questions] of [["a", 0, 1], ["b", 1000, 3]] as const) {
    const looked = packages.look(name, FREELY);
    await clock.pass(1.1 * STEP_MS);
    await looked;
    await clock.pass(pauseMs);
    const made = packages.change(wanted(name));
    await clock.pass(5 * STEP_MS);
    assertEquals(await made, undefined);
    assertEquals(provider.questions.length, questions);
  }
});

Deno.test("a stream of wishes does not put the transaction off for ever", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of numbered(60)) {
    provider.offered.set(name, "1");
    void packages.change(wanted(name));
    await clock.pass(5);
  }
  assert(provider.transactions.length > 0 || provider.questions.length > 0);
});

Deno.test("what is wanted while a transaction runs is the next one", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of ["a", "b", "c"]) provider.offered.set(name, "1");
  const first = packages.change(wanted("a"));
  await clock.pass(1.5 * STEP_MS);
  assertEquals(provider.transactions, [["a"]]);
  const next = [packages.change(wanted("b")), packages.change(wanted("c"))];
  await clock.pass(10 * STEP_MS);
  assertEquals(await Promise.all([first, ...next]), [undefined, undefined, undefined]);
  assertEquals(provider.transactions, [["a"], ["b", "c"]]);
});

Deno.test("who wants to be alone has a transaction of its own", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of ["a", "b", "c"]) provider.offered.set(name, "1");
  const made = [
    packages.change(wanted("a")),
    packages.change(wanted("b", { alone: true })),
    packages.change(wanted("c")),
  ];
  await clock.pass(20 * STEP_MS);
  await Promise.all(made);
  assertEquals(provider.transactions, [["a", "c"], ["b"]]);
});

Deno.test("two wishes for one package are made one after the other", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.offered.set("a", "2");
  const made = [
    packages.change(wanted("a", { to: { version: "1" } })),
    packages.change(wanted("a")),
  ];
  await clock.pass(20 * STEP_MS);
  assertEquals(await Promise.all(made), [undefined, undefined]);
  assertEquals(provider.transactions, [["a"], ["a"]]);
  assertEquals(provider.installed.get("a"), "2");
});

Deno.test("what is so already needs no transaction", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.installed.set("a", "1");
  const made = [packages.change(wanted("a")), packages.change(wanted("b", { to: "absent" }))];
  await clock.pass(5 * STEP_MS);
  assertEquals(await Promise.all(made), [undefined, undefined]);
  assertEquals(provider.transactions, []);
});

Deno.test("a transaction goes on while somebody waits for it, and is stopped when nobody does", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of ["a", "b"]) provider.offered.set(name, "1");
  const leaving = [new AbortController(), new AbortController()];
  const made = ["a", "b"].map((name, index) => {
    const signal = leaving[index]?.signal ?? new AbortController().signal;
    return packages.change(wanted(name, { signal }));
  });
  await clock.pass(1.5 * STEP_MS);
  leaving[0]?.abort();
  assertEquals((await made[0])?.code, "stopped");
  assertEquals(provider.signals.at(-1)?.aborted, false);
  leaving[1]?.abort();
  assertEquals((await made[1])?.code, "stopped");
  assertEquals(provider.signals.at(-1)?.aborted, true);
  await clock.pass(5 * STEP_MS);
  assertEquals(clock.armed, 0);
});

Deno.test("who leaves before the transaction begins is not part of it", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of ["a", "b"]) provider.offered.set(name, "1");
  const leaving = new AbortController();
  const left = packages.change(wanted("a", { signal: leaving.signal }));
  const made = packages.change(wanted("b"));
  await clock.pass(1);
  leaving.abort();
  await clock.pass(5 * STEP_MS);
  assertEquals((await left)?.code, "stopped");
  assertEquals(await made, undefined);
  assertEquals(provider.transactions, [["b"]]);
});

Deno.test("nobody is asked for a provider before it is needed; without one everybody is told", async () => {
  const clock = new ManualClock();
  let there = false;
  const choose = spy(() =>
    Promise.resolve(there ? ok(new FakeProvider(clock)) : fail("none", { code: "none" }))
  );
  const packages = createPackages({ clock, choose });
  await clock.pass(STEP_MS);
  assertSpyCalls(choose, 0);
  const answers = [packages.look("a", FREELY), packages.look("b", FREELY)];
  const made = packages.change(wanted("a"));
  await clock.pass(STEP_MS);
  for (const answer of await Promise.all(answers)) assertEquals(answer.ok, false);
  assertEquals(await made, failure("none", { code: "none" }));
  there = true;
  const later = packages.look("a", FREELY);
  await clock.pass(2 * STEP_MS);
  assertEquals((await later).ok, true);
});

Deno.test("a package manager that is gone is looked for again, one that was interrupted asked again", async () => {
  const clock = new ManualClock();
  const providers = ["unavailable", "interrupted"].map((code) => {
    const provider = new FakeProvider(clock);
    const { look } = provider;
    let first = true;
    provider.look = async (...question) => {
      const answer = await look.apply(provider, question);
      const fails = first || code === "unavailable";
      first = false;
      return fails ? fail(code, { code }) : answer;
    };
    return provider;
  });
  const [gone, other] = providers;
  let chosen = 0;
  const packages = createPackages({
    clock,
    choose: () => Promise.resolve(ok((chosen++ === 0 ? gone : other) ?? new FakeProvider(clock))),
  });
  const looked = packages.look("a", FREELY);
  await clock.pass(5 * STEP_MS);
  assertEquals((await looked).ok, true);
  assertEquals([gone?.questions.length, other?.questions.length], [1, 2]);
});

Deno.test("what has not begun when the agent stops does not begin any more", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of ["a", "b", "c"]) provider.offered.set(name, "1");
  const ending = new AbortController();
  const { signal } = ending;
  const alone = { alone: true, ending: signal };
  const all = Promise.all(["a", "b", "c"].map((name) => packages.change(wanted(name, alone))));
  await clock.pass(2.5 * STEP_MS);
  assertEquals(provider.transactions, [["a"]]);
  ending.abort();
  await clock.pass(20 * STEP_MS);
  assertEquals(provider.transactions, [["a"]], "it is finished, and nothing else begun");
  assertEquals((await all).map((problem) => problem?.code), [undefined, "not-begun", "not-begun"]);
});
