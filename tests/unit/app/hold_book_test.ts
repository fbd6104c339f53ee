import { assertEquals } from "@std/assert";
import { HoldFile } from "../../../src/app/holds/hold_file.ts";
import { HoldBook } from "../../../src/app/holds/hold_book.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const HOUR_MS = 3_600_000;

function bookOf(prefix: string | undefined, clock: ManualClock) {
  const log: string[] = [];
  const book = new HoldBook({
    prefix,
    clock,
    ended: (keys, why) => log.push(`${keys.join(" ")}: ${why}`),
  });
  const hold = (forMs: number, ...keys: string[]) => {
    const sinceMs = clock.wall().getTime();
    return book.place(keys, { reason: "r", author: "ann", sinceMs, untilMs: sinceMs + forMs });
  };
  return { book, hold, log };
}

async function inPrefix(work: (prefix: string) => void | Promise<void>): Promise<void> {
  const prefix = await Deno.makeTempDir();
  try {
    await work(prefix);
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
}

Deno.test("holds are heeded, end each by its own time, and are there for the next agent", async () => {
  await inPrefix(async (prefix) => {
    const clock = new ManualClock();
    const { book, hold, log } = bookOf(prefix, clock);
    assertEquals([hold(HOUR_MS, "file[a]").ok, hold(2 * HOUR_MS, "*").ok], [true, true]);
    assertEquals(book.of("file[b]")?.author, "ann");
    await clock.pass(HOUR_MS);
    assertEquals(log, ["file[a]: time"]);
    book.close();
    const next = bookOf(prefix, clock);
    assertEquals([...next.book.list().keys()], ["*"]);
    await clock.pass(HOUR_MS);
    assertEquals([next.log, next.book.of("file[a]")], [["*: time"], undefined]);
    assertEquals([...bookOf(prefix, clock).book.list()], []);
  });
});

Deno.test("what is released is told once, and nothing is held without a place to keep it", async () => {
  await inPrefix((prefix) => {
    const clock = new ManualClock();
    const { book, hold, log } = bookOf(prefix, clock);
    hold(HOUR_MS, "a[x]", "a[y]");
    const released = book.release(["a[x]", "a[x]", "a[z]"]);
    assertEquals(released.ok && released.value, ["a[x]"]);
    assertEquals(log, ["a[x]: released"]);
    assertEquals([...book.list().keys()], ["a[y]"]);
    book.close();
    const nowhere = bookOf(undefined, clock).hold(HOUR_MS, "a[x]");
    assertEquals(nowhere.ok ? "" : nowhere.failure.code, "no-prefix");
  });
});

Deno.test("a file of holds that is damaged or made up holds nothing", async () => {
  await inPrefix(async (prefix) => {
    for (const text of ["", "{", "[]", '{"holds":[null,1,{"key":"a[x]","untilMs":9e99}]}']) {
      await Deno.writeTextFile(`${prefix}/holds.json`, text);
      assertEquals([...bookOf(prefix, new ManualClock()).book.list()], [], text);
    }
  });
});

Deno.test("a hold of a broken number of milliseconds is there for the next agent", async () => {
  await inPrefix((prefix) => {
    const clock = new ManualClock();
    const { book, hold } = bookOf(prefix, clock);
    hold(HOUR_MS + 0.5, "a[x]");
    book.close();
    const next = bookOf(prefix, clock).book;
    assertEquals([...next.list().keys()], ["a[x]"]);
    next.close();
  });
});

Deno.test("a file of holds with times that are no dates holds nothing, and stops no agent", async () => {
  await inPrefix(async (prefix) => {
    const clock = new ManualClock();
    const sinceMs = clock.wall().getTime();
    const wrong = [{ untilMs: 9e15 }, { sinceMs: -9e15 }, { untilMs: "1e12" }, { untilMs: null }];
    const right = { key: "a[x]", reason: "r", author: "ann", sinceMs, untilMs: sinceMs + 1 };
    for (const each of [...wrong, {}]) {
      const holds = [{ ...right, ...each }];
      await Deno.writeTextFile(`${prefix}/holds.json`, JSON.stringify({ holds }));
      const { book } = bookOf(prefix, clock);
      assertEquals(book.list().size, Object.keys(each).length === 0 ? 1 : 0, JSON.stringify(each));
      book.close();
    }
  });
});

Deno.test("a file of holds that another user owns or can write, or a link in its place, holds nothing, and that is said", async () => {
  await inPrefix(async (prefix) => {
    const clock = new ManualClock();
    const path = `${prefix}/holds.json`;
    const { book, hold } = bookOf(prefix, clock);
    hold(HOUR_MS, "a[x]");
    book.close();
    const kept = await Deno.readTextFile(path);
    const read = () => new HoldFile(prefix).read();
    assertEquals(read().holds.size, 1);
    const spoil: Readonly<Record<string, () => void>> = {
      "others can write it": () => Deno.chmodSync(path, 0o666),
      "it is a link": () => {
        Deno.renameSync(path, `${prefix}/elsewhere`);
        Deno.symlinkSync("elsewhere", path);
      },
      ...(Deno.uid() === 0 && {
        "it belongs to the user with the number 12345": () => Deno.chownSync(path, 12345, 12345),
      }),
    };
    for (const [why, how] of Object.entries(spoil)) {
      how();
      const { holds, damage } = read();
      assertEquals([holds.size, damage], [
        0,
        `${path} is not used: ${why}, so what it says is not held`,
      ]);
      Deno.removeSync(path);
      await Deno.writeTextFile(path, kept, { mode: 0o600 });
      assertEquals(read().holds.size, 1, why);
    }
  });
});
