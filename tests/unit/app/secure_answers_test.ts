/** What hosts are answered where a plain cluster becomes one with TLS. */

import { assertEquals } from "@std/assert";
import { answerHost, readAsked } from "../../../src/app/cluster/secure_answers.ts";
import { SECURE_PURPOSE } from "../../../src/app/cluster/secure_request.ts";
import { ok } from "../../../src/base/result.ts";
import { castOutIn, evicting, revokedSerials } from "../../../src/cluster/leader/evictions.ts";
import { bindingKey, revokedKey } from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import { secureAnswerKey } from "../../../src/cluster/store/secure_keys.ts";
import type { Store, StoreTransaction } from "../../../src/cluster/store/store.ts";
import { serialOf } from "../../../src/trust/certificate.ts";
import { newKeys } from "../../../src/trust/issuing.ts";
import { requestText } from "../../../src/trust/request.ts";
import { KeyTable } from "../../support/key_table.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { unwrap } from "../../support/unwrap.ts";

Deno.test("a host that a plain cluster gave its certificate can be cast out: that is listed as one that counts no more", async () => {
  const table = new KeyTable();
  const transact = (transaction: StoreTransaction) =>
    Promise.resolve(ok({ succeeded: table.transact(transaction), got: [], revision: 1 }));
  const store = { transact } as unknown as Store;
  const wish = { role: "agent", host: "h1", recipient: "" } as const;
  const { key, text: request } = await requestText(await newKeys(), wish, SECURE_PURPOSE);
  const asked = unwrap(await readAsked("h1", { request, key, stage: "asked" }, false));
  unwrap(await answerHost(store, asked, (await testAuthority()).secret, RANDOM));

  const answer = read.secureAnswer(table.entries.get(secureAnswerKey("h1"))?.value);
  const serial = serialOf(JSON.parse(answer?.text ?? "").cert);
  const bindings = [table.entries.get(bindingKey("h1"))!];
  const { id } = asked.request;
  table.transact(evicting({ host: "h1", id, bindings, revoked: undefined }, 0));
  assertEquals(revokedSerials(castOutIn(table.entries.get(revokedKey()))), [serial]);
});
