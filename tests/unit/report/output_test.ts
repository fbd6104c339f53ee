import { assert, assertEquals } from "@std/assert";
import { type Output, textOutput } from "../../../src/report/output.ts";

function output(
  write: (text: string) => Promise<void>,
  limit = 1000,
  sleep: (delayMs: number, signal: AbortSignal) => Promise<void> = () => new Promise(() => {}),
): Output<string> {
  return textOutput({
    write,
    yieldTurn: () => new Promise((resolve) => setTimeout(resolve, 0)),
    sleep,
    dropped: (count) => `(${count} dropped)\n`,
    limit,
  });
}

Deno.test("what is said in one turn is written at once, in order", async () => {
  const writes: string[] = [];
  const lines = output((text) => Promise.resolve(void writes.push(text)));
  for (const line of ["a\n", "b\n", "c\n"]) lines.add(line);
  await lines.flush();
  lines.add("d\n");
  await lines.flush();
  assertEquals(writes, ["a\nb\nc\n", "d\n"]);
});

Deno.test("a promised line keeps its place", async () => {
  let text = "";
  const lines = output((part) => Promise.resolve(void (text += part)));
  const { promise, resolve } = Promise.withResolvers<string>();
  lines.add("before\n");
  lines.add(promise);
  lines.add("after\n");
  setTimeout(() => resolve("promised\n"), 5);
  await lines.flush();
  assertEquals(text, "before\npromised\nafter\n");
});

Deno.test("a reader that stalls costs lines and is told how many", async () => {
  let text = "";
  const reading = Promise.withResolvers<void>();
  const lines = output(async (part) => {
    await reading.promise;
    text += part;
  }, 20);
  for (let i = 0; i < 100; i++) lines.add("12345\n");
  reading.resolve();
  await lines.flush();
  assert(text.endsWith("\n(96 dropped)\n"), text);
  assertEquals(text.split("12345\n").length - 1, 4);
});

Deno.test("a reader that has gone ends the writing and nothing else", async () => {
  const lines = output(() => Promise.reject(new Error("EPIPE")));
  lines.add("a\n");
  await lines.flush();
  lines.add("b\n");
  await lines.flush();
});

Deno.test("the end does not wait for a reader that takes nothing", async () => {
  const lines = output(() => new Promise(() => {}), 1000, () => Promise.resolve());
  lines.add("a\n");
  await lines.flush();
});
