/** Whose certificate the leader renews, and what it writes of it. */

import { assert, assertEquals } from "@std/assert";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import type { Judged } from "../../../src/cluster/leader/joins.ts";
import { clearing, readRenewals, renewing } from "../../../src/cluster/leader/renewals.ts";
import {
  bindingKey,
  certificateKey,
  leaderKey,
  requestKey,
} from "../../../src/cluster/store/keys.ts";
import { read, write } from "../../../src/cluster/store/records.ts";
import { rotationKey } from "../../../src/cluster/store/rotation_keys.ts";
import { ownGrants } from "../../../src/cluster/store/rights.ts";
import { isGranted } from "../../../src/cluster/store/rights.ts";
import { keyRange } from "../../../src/cluster/store/keys.ts";
import { KeyTable } from "../../support/key_table.ts";

const keyOf = (host: number) => host.toString(16).padStart(64, "0");
// The id is the beginning of the hash.
const hashOf = (host: number) => `${host}`.padStart(32, "0") + keyOf(host).slice(0, 32);
const bound = (host: number) => hashOf(host).slice(0, 32);

/** A cluster with hosts 1 and 2, as its leader sees it. */
class Office extends KeyTable {
  readonly fence = this.put(leaderKey(), "");

  constructor() {
    super();
    for (const host of [1, 2]) {
      this.put(bindingKey(`h${host}`), write({ id: bound(host), role: "host", serials: ["40"] }));
    }
  }

  ask(name: string, key: string, text = name): void {
    this.put(requestKey(name), write({ key, text }));
  }

  answer(name: string): string | undefined {
    return read.certificate(this.entries.get(certificateKey(name))?.value)?.answer;
  }

  serials(name: string): readonly string[] | undefined {
    return read.binding(this.entries.get(bindingKey(name))?.value)?.serials;
  }

  /** All that the leader does. */
  settle(judge: (key: string) => Result<Judged> = honest): void {
    for (let count = 0;; count++) {
      assert(count < 200, "it does not come to an end");
      const table = readRenewals(this.all);
      const [asked] = table.asked;
      if (table.leftOver.length === 0 && asked === undefined) return;
      const transaction = table.leftOver.length > 0
        ? clearing(table, this.fence)
        : renewing(asked!, judge(asked!.key), this.fence);
      assert(this.transact(transaction), JSON.stringify(transaction));
    }
  }
}

function honest(key: string): Result<Judged> {
  return ok({ role: "agent", host: "x", id: key.slice(0, 32), answer: `for ${key}`, serial: "41" });
}

Deno.test("no certificate of a host is forgotten while it counts: with as many as are known it gets no other", () => {
  const office = new Office();
  const most = Array.from({ length: 100 }, (_, index) => `${100 + index}`);
  office.put(bindingKey("h1"), write({ id: bound(1), role: "host", serials: most }));
  office.ask("h1", hashOf(1));
  office.settle();
  assertEquals([office.answer("h1"), office.serials("h1")], [undefined, most]);
  // Another authority has signed none of these.
  const authority = { mark: "m", cert: "PEM" };
  const rotation = { step: "certify", by: "h2", old: authority, next: authority } as const;
  office.put(rotationKey(), write(rotation));
  office.ask("h1", hashOf(1), "again");
  office.settle();
  assertEquals(office.serials("h1"), [...most.slice(1), "41"]);
});

Deno.test("who has a name gets its certificate anew, once for each request, and its number is kept", () => {
  const office = new Office();
  office.ask("h1", hashOf(1));
  assertEquals(readRenewals(office.all).asked.map(({ purpose }) => purpose), ["renewal h1"]);
  office.settle();
  assertEquals(office.answer("h1"), `for ${hashOf(1)}`);
  assertEquals([office.serials("h1"), office.serials("h2")], [["40", "41"], ["40"]]);
  const before = JSON.stringify(office.all);
  office.settle();
  assertEquals(JSON.stringify(office.all), before);
  // It asks again: it was killed before it took the answer.
  office.ask("h1", hashOf(1));
  office.settle();
  assertEquals(office.serials("h1"), ["40", "41", "41"]);
  office.entries.delete(requestKey("h1"));
  office.settle();
  assertEquals(office.entries.has(certificateKey("h1")), false);
});

Deno.test("what stands under the name of another key, of nobody, or cannot be read, goes without an answer", () => {
  const office = new Office();
  office.ask("h1", hashOf(2));
  office.ask("h3", hashOf(3));
  office.put(requestKey("h2"), "{");
  office.settle();
  for (const name of ["h1", "h2", "h3"]) {
    assertEquals([office.answer(name), office.entries.has(requestKey(name))], [undefined, false]);
  }
  office.put(bindingKey("h2"), write({ id: bound(2), role: "server" }));
  office.ask("h2", hashOf(2));
  office.settle();
  assertEquals(office.answer("h2"), undefined);
});

Deno.test("a request that is not what it says is refused, and so is one that would make another of it", () => {
  const office = new Office();
  const wrong: Result<Judged>[] = [
    fail("its sender does not have the key"),
    ok({ role: "agent", host: "h1", id: bound(2), answer: "another's" }),
    ok({ role: "server", host: "h1", id: bound(1), answer: "the secret" }),
  ];
  for (const judged of wrong) {
    office.ask("h1", hashOf(1));
    office.settle(() => judged);
    assertEquals(office.answer("h1"), undefined);
    assert(office.entries.has(certificateKey("h1")), "it waits for an answer without end");
    assertEquals(office.serials("h1"), ["40"]);
  }
});

Deno.test("who is cast out or asks again while it is judged gets nothing of it; neither does a leader of before give any", () => {
  const changes: ((office: Office) => void)[] = [
    (office) => office.entries.delete(bindingKey("h1")),
    (office) => office.put(bindingKey("h1"), write({ id: bound(2), role: "host" })),
    (office) => office.ask("h1", hashOf(1), "again"),
    (office) => office.entries.delete(leaderKey()),
  ];
  for (const change of changes) {
    const office = new Office();
    office.ask("h1", hashOf(1));
    const [asked] = readRenewals(office.all).asked;
    change(office);
    assertEquals(office.transact(renewing(asked!, honest(hashOf(1)), office.fence)), false);
  }
});

Deno.test("a host may ask under its own name alone, and give itself no answer", () => {
  const may = (key: string, access: "read" | "write") =>
    isGranted(ownGrants("h1"), keyRange(key), access);
  assertEquals([may(requestKey("h1"), "write"), may(certificateKey("h1"), "read")], [true, true]);
  const others = [requestKey("h2"), requestKey("h10"), certificateKey("h1"), certificateKey("h2")];
  assertEquals(others.map((key) => may(key, "write")), others.map(() => false));
  assertEquals(may(certificateKey("h2"), "read"), false);
});
