/** What a prefix knows of its cluster, by the files that are there. */

import { assertEquals } from "@std/assert";
import { knownCluster } from "../../../src/app/cluster/known_cluster.ts";
import { inDirectory } from "../../support/program.ts";

const MEMBER = { name: "h1-00000000", initialCluster: [], founds: true, ran: true };
const TEMPORARY = { ...MEMBER, name: "h1-00000000.temporary" };

const KNOWN: readonly (readonly [string, object | undefined, boolean, string])[] = [
  ["nothing", undefined, false, "none"],
  ["who has never been in a cluster", { endpoints: [] }, false, "none"],
  ["who has left a plain one", { endpoints: ["http://10.0.0.2:2379"] }, false, "none"],
  ["a host of a plain one", { clusterId: "c", endpoints: [] }, false, "plain"],
  ["the founder of a plain one", { endpoints: [], member: MEMBER }, false, "plain"],
  ["who is about to come into a TLS one", undefined, true, "tls"],
  ["a host of a TLS one", { clusterId: "c", endpoints: [] }, true, "tls"],
  ["who has left a TLS one", { endpoints: ["https://10.0.0.2:2379"] }, true, "tls"],
  [
    "a killed run that ends by itself",
    { endpoints: [], member: TEMPORARY, temporary: { endpoints: [] } },
    true,
    "none",
  ],
  ["a killed client of such a run", { endpoints: [], temporary: { endpoints: [] } }, true, "tls"],
  [
    "such a run of a host that knew a TLS cluster",
    { endpoints: [], member: TEMPORARY, temporary: { endpoints: ["https://10.0.0.2:2379"] } },
    true,
    "tls",
  ],
];

for (const [who, identity, trusts, known] of KNOWN) {
  Deno.test(`the prefix of ${who} knows a cluster: ${known}`, () =>
    inDirectory((prefix) => {
      Deno.mkdirSync(`${prefix}/cluster/state`, { recursive: true });
      const text = JSON.stringify({ id: "0", ...identity });
      if (identity !== undefined) {
        Deno.writeTextFileSync(`${prefix}/cluster/state/identity.json`, text);
      }
      if (trusts) {
        Deno.mkdirSync(`${prefix}/cluster/trust`);
        Deno.writeTextFileSync(`${prefix}/cluster/trust/ca.pem`, "");
      }
      assertEquals(knownCluster(prefix), known);
      return Promise.resolve();
    }));
}

Deno.test("a run that keeps nothing and finds nothing knows no cluster", () =>
  assertEquals(knownCluster(undefined), "none"));
