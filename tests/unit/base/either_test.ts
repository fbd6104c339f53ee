import { assert, assertEquals } from "@std/assert";
import { eitherOf, onAbort, unlessAborted } from "../../../src/base/either.ts";

Deno.test("one of several signals is enough, also one that has aborted before, or its holder", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const either = eitherOf(one.signal, undefined, other.signal);
  assert(!either.signal.aborted);
  other.abort();
  assert(either.signal.aborted);
  assert(eitherOf(one.signal, other.signal).signal.aborted);
  const alone = eitherOf(one.signal);
  alone.abort();
  assert(alone.signal.aborted && !one.signal.aborted);
});

Deno.test("who has let go of a signal hears no more of it", () => {
  const controller = new AbortController();
  const either = eitherOf(controller.signal);
  let heard = 0;
  const letGo = onAbort(controller.signal, () => heard++);
  either.end();
  letGo();
  controller.abort();
  assertEquals([either.signal.aborted, heard], [false, 0]);
});

Deno.test("the end of a signal is heard once, at once where it is over already", () => {
  const controller = new AbortController();
  const heard: string[] = [];
  onAbort(controller.signal, () => heard.push("waited"));
  onAbort(undefined, () => heard.push("never"));
  controller.abort();
  controller.abort();
  onAbort(controller.signal, () => heard.push("late"));
  assertEquals(heard, ["waited", "late"]);
});

Deno.test("work that others wait for, too, is left when the signal aborts", async () => {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<string>();
  const left = unlessAborted(promise, controller.signal);
  controller.abort();
  assertEquals(await left, undefined);
  resolve("done");
  assertEquals(await unlessAborted(promise, undefined), "done");
});
