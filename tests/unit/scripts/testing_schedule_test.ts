import { assert, assertEquals } from "@std/assert";
import { handsOf, type Idle, runInTurns, type Turn } from "../../../scripts/testing/schedule.ts";

const HANDS = handsOf(2);
/** No core is ever idle; each look at it comes to far more than time can have passed. */
const BUSY = busy(1e6);

/** Between two looks the cores were busy for so many seconds. */
function busy(seconds: number): Idle & { readonly looks: number } {
  let looks = 0;
  return {
    busySeconds: () => ++looks * seconds,
    lookMs: 20,
    get looks() {
      return looks;
    },
  };
}

function turns(count: number, one: Partial<Turn>): Turn[] {
  return Array.from({ length: count }, (_, index) => ({
    place: "here",
    work: "waits",
    leavesNothing: false,
    seconds: index,
    ...one,
  }));
}

/** Runs them; says after each beginning who runs. */
async function beginnings(all: readonly Turn[]): Promise<Turn[][]> {
  const running = new Set<Turn>();
  const seen: Turn[][] = [];
  const hands = new Set<number>();
  await runInTurns(all, HANDS, async (turn, hand) => {
    assert(!hands.has(hand), "a hand does two things at once");
    hands.add(hand);
    running.add(turn);
    seen.push([...running]);
    for (let count = 0; count < 3; count++) await Promise.resolve();
    running.delete(turn);
    hands.delete(hand);
  }, BUSY);
  assertEquals(seen.length, all.length, "each has its turn, once");
  return seen;
}

function most(seen: readonly Turn[][], work: Turn["work"]): number {
  return Math.max(...seen.map((running) => running.filter((turn) => turn.work === work).length));
}

Deno.test("those who wait do so six at a time on two cores, those who compute two", async () => {
  assertEquals(most(await beginnings(turns(20, { work: "waits" })), "waits"), 6);
  assertEquals(most(await beginnings(turns(20, { work: "computes" })), "computes"), 2);
});

Deno.test("while somebody waits, a core is left for what he has started", async () => {
  const all = [...turns(20, { work: "waits" }), ...turns(20, { work: "computes" })];
  for (const running of await beginnings(all)) {
    const kinds = new Set(running.map(({ work }) => work));
    if (kinds.size === 2) {
      assertEquals(running.filter(({ work }) => work === "computes").length, 1);
    }
  }
});

Deno.test("a fleet of hosts takes the place of two", async () => {
  assertEquals(most(await beginnings(turns(8, { place: "fleet" })), "waits"), 3);
});

Deno.test("those who leave nothing behind follow one another, on one host", async () => {
  const all = [...turns(9, { place: "host", leavesNothing: true }), ...turns(9, {})];
  for (const running of await beginnings(all)) {
    assert(running.filter(({ leavesNothing }) => leavesNothing).length <= 1);
  }
});

Deno.test("whoever needs the machine alone has it, after all others", async () => {
  const alone = turns(3, { exclusive: "it counts", seconds: 1000 });
  const seen = await beginnings([...alone, ...turns(9, {}), ...turns(4, { work: "computes" })]);
  for (const running of seen) {
    if (running.some(({ exclusive }) => exclusive !== undefined)) assertEquals(running.length, 1);
  }
  assertEquals(seen.slice(-3).flat().every(({ exclusive }) => exclusive !== undefined), true);
});

Deno.test("the longest begin first", async () => {
  const begun: number[] = [];
  await runInTurns(turns(9, {}), HANDS, ({ seconds }) => {
    begun.push(seconds);
    return Promise.resolve();
  }, BUSY);
  assertEquals(begun, [8, 7, 6, 5, 4, 3, 2, 1, 0]);
});

Deno.test("where cores lie idle although all hands are full, others join them", async () => {
  const most = async (idle: ReturnType<typeof busy>) => {
    let running = 0, atOnce = 0;
    // Each goes on until all run at once, or it was looked often enough.
    await runInTurns(turns(8, {}), HANDS, async () => {
      atOnce = Math.max(atOnce, ++running);
      while (atOnce < 8 && idle.looks < 20) await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    }, idle);
    return atOnce;
  };
  assertEquals(await most(busy(0)), 8);
  assertEquals(await most(BUSY), 6);
});
