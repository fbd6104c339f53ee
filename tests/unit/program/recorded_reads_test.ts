import { assertEquals } from "@std/assert";
import type { InputReading, InputSource, JsonValue } from "../../../src/base/input.ts";
import { changedRead, readInput, sayOf } from "../../../src/program/recorded_reads.ts";

/** An input of which `now` is all that is known. */
function sourceOf(now: () => InputReading): InputSource {
  return { read: now, watch: () => () => {} };
}

/** Whether what is read of `before` is said otherwise by `after`. */
function isChanged(before: InputReading, after: InputReading, of: "look" | "keys" = "look") {
  const read = { path: ["host", "labels"], of } as const;
  const reads = [{ ...read, said: sayOf({ host: sourceOf(() => before) }, read) }];
  return changedRead(reads, { host: sourceOf(() => after) }) !== undefined;
}

const known = (value: JsonValue | undefined): InputReading => ({ isKnown: true, value });
const unknown = (why: string): InputReading => ({ isKnown: false, why });

Deno.test("a value that is equal is no change, whatever the order of its keys", () => {
  assertEquals(isChanged(known([{ a: 1, b: 2 }]), known([{ b: 2, a: 1 }])), false);
  assertEquals(isChanged(known([1, 2]), known([2, 1])), true);
  assertEquals(isChanged(known({}), known([])), true);
  assertEquals(isChanged(known("1"), known(1)), true);
});

Deno.test("of a map its keys are another read than that it is one, and what it holds is neither", () => {
  assertEquals(isChanged(known({ a: 1 }), known({ b: 1 })), false);
  assertEquals(isChanged(known({ a: 1 }), known({ b: 1 }), "keys"), true);
  assertEquals(isChanged(known({ a: 1 }), known({ a: 2 }), "keys"), false);
  assertEquals(isChanged(known({}), known(undefined), "keys"), true);
});

Deno.test("what was not there and comes is a change, as is what goes", () => {
  assertEquals(isChanged(known(undefined), known("web")), true);
  assertEquals(isChanged(known("web"), known(undefined)), true);
  assertEquals(isChanged(known(undefined), known(undefined)), false);
  assertEquals(isChanged(known(null), known(undefined)), true);
});

Deno.test("not known is not empty, and for another reason it is still not known", () => {
  assertEquals(isChanged(unknown("no list yet"), known(undefined)), true);
  assertEquals(isChanged(known([]), unknown("no list yet")), true);
  assertEquals(isChanged(unknown("no list yet"), unknown("the store is away")), false);
});

Deno.test("a family of inputs that nobody gives is known not to be there", () => {
  assertEquals(readInput({}, ["fleet", "hosts"]), known(undefined));
  assertEquals(readInput({}, ["constructor"]), known(undefined));
});
