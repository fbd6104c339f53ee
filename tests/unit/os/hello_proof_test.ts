/** Whose certificate a question is proven by. */

import { assertEquals } from "@std/assert";
import { proofHeader, provenBy } from "../../../src/os/network/hello_proof.ts";
import { testAuthority } from "../../support/trust.ts";

const QUESTION = {
  host: "10.0.0.1:2379",
  target: "/mgmt/hello?from=x",
  nonce: "00112233445566778899",
};

/** A host's certificate and key, of a cluster of its own. */
async function aHost() {
  return await (await testAuthority()).issue({ type: "host", id: "a".repeat(32) });
}

Deno.test("who shows another's certificate behind an own one proves nothing", async () => {
  const [own, others] = [await aHost(), await aHost()];
  assertEquals(provenBy(QUESTION, proofHeader(QUESTION, own)), own.cert);
  const named = own.cert.replaceAll("CERTIFICATE", "X509 CERTIFICATE");
  const pairs = [
    named + others.cert,
    own.cert + others.cert,
    `${own.cert}x\n`,
    `x\n${own.cert}`,
    named,
  ];
  for (const cert of pairs) {
    assertEquals(provenBy(QUESTION, proofHeader(QUESTION, { cert, key: own.key })), undefined);
  }
});
