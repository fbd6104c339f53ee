/** What hosts are answered where a plain cluster becomes one with TLS. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  answerHost,
  readAsked,
  type SecureCandidate,
  takeBackAnswers,
} from "../../../src/app/cluster/secure_answers.ts";
import { SECURE_PURPOSE } from "../../../src/app/cluster/secure_request.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import { castOutIn, evicting, revokedSerials } from "../../../src/cluster/leader/evictions.ts";
import {
  bindingKey,
  isInRange,
  type KeyRange,
  revokedKey,
} from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import { secureAnswerKey, secureKey } from "../../../src/cluster/store/secure_keys.ts";
import type { Store, StoreTransaction } from "../../../src/cluster/store/store.ts";
import { serialOf } from "../../../src/trust/certificate.ts";
import { newKeys } from "../../../src/trust/issuing.ts";
import { requestText } from "../../../src/trust/request.ts";
import { KeyTable } from "../../support/key_table.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

/** A plain cluster that is to become TLS, in which h1 asks. */
class AskedCluster {
  readonly table = new KeyTable();
  readonly store = {
    transact: (transaction: StoreTransaction) =>
      Promise.resolve(ok({ succeeded: this.table.transact(transaction), got: [], revision: 1 })),
    list: (range: KeyRange) =>
      Promise.resolve(
        ok({ entries: this.table.all.filter(({ key }) => isInRange(range, key)), revision: 1 }),
      ),
  } as unknown as Store;
  readonly revision = this.table.put(secureKey(), "the order");

  async answer(host = "h1"): Promise<Result<SecureCandidate>> {
    const wish = { role: "agent", host, recipient: "" } as const;
    const { key, text: request } = await requestText(await newKeys(), wish, SECURE_PURPOSE);
    const asked = unwrap(await readAsked(host, { request, key, stage: "asked" }, false));
    const { secret } = await testAuthority();
    const answering = { secret, random: RANDOM, revision: this.revision };
    const done = await answerHost(this.store, asked, answering);
    return done.ok ? ok(asked) : done;
  }
}

Deno.test("a host that a plain cluster gave its certificate can be cast out: that is listed as one that counts no more", async () => {
  const cluster = new AskedCluster();
  const { request: { id } } = unwrap(await cluster.answer());
  const { table } = cluster;
  const answer = read.secureAnswer(table.entries.get(secureAnswerKey("h1"))?.value);
  const serial = serialOf(JSON.parse(answer?.text ?? "").cert);
  const bindings = [table.entries.get(bindingKey("h1"))!];
  table.transact(evicting({ host: "h1", id, bindings, revoked: undefined }, 0));
  assertEquals(revokedSerials(castOutIn(table.entries.get(revokedKey()))), [serial]);
});

Deno.test("where the order was given up meanwhile nobody is answered, and no name is bound in a plain cluster", async () => {
  const cluster = new AskedCluster();
  cluster.table.entries.delete(secureKey());
  assertMatch(refusal(await cluster.answer()).message, /ordered something meanwhile/);
  assertEquals(cluster.table.entries.size, 0);
});

Deno.test("a host that a killed command had answered, and that is not confirmed when it is given again, has no name", async () => {
  const cluster = new AskedCluster();
  const { table, store, revision } = cluster;
  const others = Array.from({ length: 120 }, (_, index) => `o${index}`);
  for (const host of ["h1", "h2"]) unwrap(await cluster.answer(host));
  for (const host of others) {
    for (const key of [secureAnswerKey(host), bindingKey(host)]) table.put(key, "{}");
  }
  unwrap(await takeBackAnswers(store, ["h1"], revision));
  const left = [...table.entries.keys()].toSorted();
  assertEquals(left, [secureKey(), secureAnswerKey("h1"), bindingKey("h1")]);
  table.put(secureKey(), "another order");
  const refused = await takeBackAnswers(store, [], revision);
  assertMatch(refusal(refused).message, /ordered something meanwhile/);
  assertEquals(table.entries.size, 3, "another command's answers were taken back");
});
