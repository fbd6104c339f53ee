/** How a host's part in a cluster begins again that is to speak otherwise, and what if that cannot be prepared. */

import { assertEquals } from "@std/assert";
import { SpeakingAnew } from "../../../src/app/cluster/speaking_anew.ts";
import { failure } from "../../../src/base/result.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** A part, and what becomes of it. */
class Part {
  readonly clock = new ManualClock();
  readonly seen: string[] = [];
  /** Why it cannot be prepared. */
  why: string | undefined;
  isOwed = true;
  readonly speaking = new SpeakingAnew({
    clock: this.clock,
    end: () => Promise.resolve(void this.seen.push("ends")),
    prepare: (generation) => {
      if (this.why === undefined) this.isOwed = false;
      this.seen.push(`prepares ${generation ?? "what is written down"}`);
      return Promise.resolve(this.why === undefined ? undefined : failure(this.why));
    },
    begin: () => void this.seen.push("begins"),
    isOwed: () => this.isOwed,
    trouble: ({ message }) => void this.seen.push(`says: ${message}`),
  });

  /** What was seen since the last look. */
  news(): string[] {
    return this.seen.splice(0);
  }
}

Deno.test("a host whose disk is full when it is to speak otherwise goes on, and tries again until it is not", async () => {
  const part = new Part();
  part.why = "no space left on device";
  part.speaking.anew();
  await part.clock.pass(0);
  const tried = ["ends", "prepares what is written down"];
  assertEquals(part.news(), [...tried, `says: ${part.why}`, "begins"]);
  await part.clock.pass(2000);
  assertEquals(part.news(), [...tried, "begins"], "not again, or said twice");
  part.why = undefined;
  await part.clock.pass(4000);
  assertEquals(part.news(), [...tried, "begins"]);
  await part.clock.pass(3_600_000);
  assertEquals([part.news(), part.clock.armed], [[], 0], "it went on although it was done");
});

Deno.test("what was taken back meanwhile is not tried again, nor anything after the end", async () => {
  const part = new Part();
  part.why = "no space left on device";
  part.speaking.anew("secure-peers");
  await part.clock.pass(0);
  part.isOwed = false;
  part.news();
  await part.clock.pass(60_000);
  assertEquals([part.news(), part.clock.armed], [[], 0]);
  part.isOwed = true;
  part.speaking.anew("secure-peers");
  await part.clock.pass(0);
  await part.speaking.stop();
  part.news();
  part.speaking.anew();
  await part.clock.pass(60_000);
  assertEquals([part.news(), part.clock.armed], [[], 0]);
});

Deno.test("a part that ends while it begins anew does not begin, and told twice at once it begins once", async () => {
  const part = new Part();
  part.speaking.anew("secure-peers");
  part.speaking.anew("secure-peers");
  await part.clock.pass(0);
  assertEquals(part.news(), ["ends", "prepares secure-peers", "begins"]);
  part.speaking.anew("secure-both");
  await part.speaking.stop();
  assertEquals(part.news().includes("begins"), false);
});
