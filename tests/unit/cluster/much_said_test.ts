/** Who says more than the leader can read is found, however that is cut into keys. */

import { assertEquals } from "@std/assert";
import { failure, ok } from "../../../src/base/result.ts";
import { isInRange, joinKey, type KeyRange, wantedKey } from "../../../src/cluster/store/keys.ts";
import { joinsRange } from "../../../src/cluster/store/join_keys.ts";
import { firstNames, hostsSayingTooMuch } from "../../../src/cluster/store/much_said.ts";
import type { PageOptions, RangePage } from "../../../src/cluster/store/store.ts";
import { KeyTable } from "../../support/key_table.ts";
import { unwrap } from "../../support/unwrap.ts";

const OPTIONS = { deadlineMs: 1000 };
const ANSWER_LENGTH = 64 * 1024 * 1024;
const LONG = "x".repeat(1_000_000);

/** The keys, by pages, none of which is longer than an answer of etcd may be. */
class Pages {
  readonly table = new KeyTable();
  /** What was read of it. */
  length = 0;

  list({ from, to }: KeyRange, { limit, keysOnly = false }: PageOptions) {
    const all = this.table.all.filter(({ key }) => isInRange({ from, to }, key))
      .toSorted((one, other) => one.key < other.key ? -1 : 1)
      .map((entry) => keysOnly ? { ...entry, value: "" } : entry);
    const entries = all.slice(0, limit);
    const length = entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
    if (length > ANSWER_LENGTH) {
      return Promise.resolve({ ok: false, failure: failure("", { code: "too-large" }) } as const);
    }
    this.length += length;
    const last = entries.at(-1);
    const page: RangePage = { entries, revision: 1 };
    const hasMore = last !== undefined && all.length > limit;
    return Promise.resolve(ok(hasMore ? { ...page, next: `${last.key}\0` } : page));
  }
}

Deno.test("a host says too much by few long keys as by many, and who asks for its places does not", async () => {
  const store = new Pages();
  const put = (key: string, value: string) => void store.table.put(key, value);
  for (let count = 0; count < 40; count++) put(wantedKey("few-long", count.toString(16)), LONG);
  for (let count = 0; count < 40; count++) put(`/_mgmt/answers/other-row/${count}`, LONG);
  for (let count = 0; count < 3; count++) put(`${wantedKey("named", "a")}${count}${LONG}`, "");
  for (let count = 0; count < 2000; count++) put(wantedKey("many", count.toString(16)), "x");
  for (const host of ["few", "few-longer", "last"]) {
    for (let count = 0; count < 116; count++) {
      put(wantedKey(host, count.toString(16)), "x".repeat(300));
    }
  }
  const found = unwrap(await hostsSayingTooMuch(store, OPTIONS));
  assertEquals(found.toSorted(), ["few-long", "many", "named", "other-row"]);
  assertEquals(store.length < 80 * LONG.length, true, "of each no more is read than shows it");
});

Deno.test("names are read that are too long to be read together", async () => {
  const store = new Pages();
  for (let count = 0; count < 100; count++) {
    store.table.put(`${joinKey("0".repeat(16), `${count}`)}${LONG}`, "");
  }
  const { entries } = unwrap(await firstNames(store, joinsRange(), 5000, OPTIONS));
  assertEquals(entries.length > 0, true);
});
