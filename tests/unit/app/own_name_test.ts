/** By which name a host goes on that was let in when nobody wrote its name down. */

import { assertEquals } from "@std/assert";
import { withOwnName } from "../../../src/app/cluster/own_name.ts";
import { clientCredentials } from "../../../src/trust/client_credentials.ts";
import { testAuthority } from "../../support/trust.ts";

Deno.test("an agent of a cluster with TLS whose identity lacks its name is given it, and nobody else is", async () => {
  const { secret, issue } = await testAuthority();
  const shown = await issue({ type: "host", id: "ab".repeat(16) });
  const credentials = clientCredentials(shown, secret.cert);
  const agent = { credentials, member: "none" } as const;
  const plain = { ...agent, credentials: "none" } as const;
  const disk = { id: "1", clusterId: "c", endpoints: [] };
  const member = { name: "w1-1", initialCluster: {}, founds: true, ran: true, memberId: "1" };
  const nameOf = (given: object, cluster: typeof agent | typeof plain) =>
    withOwnName({ ...disk, ...given }, { name: "w1", cluster }).host;
  assertEquals(nameOf({}, agent), "w1");
  assertEquals(nameOf({ host: "w2" }, agent), "w2", "what was bound counts");
  assertEquals(nameOf({ member }, agent), undefined, "that of its member says it");
  assertEquals(nameOf({ clusterId: undefined }, agent), undefined, "it is in none");
  assertEquals(nameOf({}, plain), undefined, "there anybody may have any name");
});
