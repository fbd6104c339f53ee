/** What is said of an order to become TLS where that may not be seen. */

import { assertEquals } from "@std/assert";
import { whyNotSeen } from "../../../src/app/cluster/secure_survey.ts";
import { fail } from "../../../src/base/result.ts";
import { refusal } from "../../support/unwrap.ts";

const DENIED = fail("permission denied", { code: "permission-denied" });

Deno.test("an agent of a cluster with TLS is told that it is one, and that there is nothing to give up", () => {
  const said = (abort: boolean) => refusal(whyNotSeen(DENIED, abort, "tls"));
  assertEquals([said(false).code, said(false).message], ["tls", "the cluster speaks TLS already"]);
  assertEquals(said(true).code, "not-begun");
});

Deno.test("what else is in the way is said as it is: no answer, or an etcd that others run", () => {
  const silent = fail("no answer", { code: "unavailable" });
  assertEquals(whyNotSeen(silent, false, "tls"), silent);
  assertEquals(whyNotSeen(DENIED, false, "outside"), DENIED);
});
