import { assert, assertEquals } from "@std/assert";
import type { Sight } from "../../../src/os/files/files.ts";
import type { KindContext } from "../../../src/kind/kind.ts";
import type { FileParams } from "../../../src/resources/file/params.ts";
import { type FileStep, takeSteps } from "../../../src/resources/file/apply.ts";

const SEEN = { type: "file", stat: { size: 0 } } as unknown as Sight;

/** The removal of many files, each of which takes a millisecond of a clock of its own. */
function removal(count: number, each: (path: string) => void) {
  const steps = Array.from({ length: count }, (_, at): FileStep => {
    return { do: "remove", path: `/t/${at}`, seen: SEEN, tree: true };
  });
  let nowMs = 1000;
  let turns = 0;
  const removed: string[] = [];
  const stop = new AbortController();
  const host = {
    clock: {
      nowMs: () => nowMs,
      yieldTurn: () => {
        turns++;
        return Promise.resolve();
      },
    },
    files: {
      backup: () => ({ ok: true, value: undefined }),
      remove: (path: string) => {
        nowMs++;
        each(path);
        removed.push(path);
        return { ok: true, value: undefined };
      },
    },
  };
  const context = { host, signal: stop.signal } as unknown as KindContext;
  const take = async () => await takeSteps(steps, { path: "/t" } as FileParams, context);
  return { take, removed, stop, turns: () => turns };
}

Deno.test("a long removal gives the loop its turns, a short one takes none", async () => {
  const long = removal(1000, () => {});
  assertEquals(await long.take(), undefined);
  assertEquals(long.removed.length, 1000);
  assert(long.turns() > 20, `${long.turns()} turns in a second of work`);
  const short = removal(3, () => {});
  assertEquals(await short.take(), undefined);
  assertEquals(short.turns(), 0);
});

Deno.test("a long removal ends soon after it is stopped", async () => {
  const stopped = removal(1000, (path) => {
    if (path === "/t/100") stopped.stop.abort();
  });
  const failure = await stopped.take();
  assertEquals(failure?.code, "stopped");
  assert(stopped.removed.length < 200, `${stopped.removed.length} were removed`);
});
