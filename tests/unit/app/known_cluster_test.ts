/** What a prefix knows of its cluster, by the files that are there. */

import { assertEquals } from "@std/assert";
import { knownCluster } from "../../../src/app/cluster/known_cluster.ts";
import { inDirectory } from "../../support/program.ts";

const MEMBER = { name: "h1-00000000", initialCluster: [], founds: true, ran: true };
const TLS = "https://10.0.0.2:2379";
const PLAIN = "http://10.0.0.1:2380";
const TLS_MEMBER = { ...MEMBER, initialCluster: [{ name: "h1", url: "https://10.0.0.1:2380" }] };
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
  ["a client of a TLS one, no ca.pem", { clusterId: "c", endpoints: [TLS] }, false, "lost"],
  ["the founder of a TLS one, no ca.pem", { endpoints: [], member: TLS_MEMBER }, false, "lost"],
  ["a restored TLS one, no ca.pem", { clusterId: "c", endpoints: [], tls: true }, false, "lost"],
  ["who has left a TLS one, no ca.pem", { endpoints: [TLS] }, false, "none"],
  [
    "the founder of a plain one who had left a TLS one",
    { endpoints: [TLS], member: { ...MEMBER, initialCluster: [{ name: "h1", url: PLAIN }] } },
    false,
    "plain",
  ],
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

Deno.test("without ca.pem the addresses of members that were heard of say what a prefix knows", () =>
  inDirectory((prefix) => {
    const state = `${prefix}/cluster/state`;
    Deno.mkdirSync(state, { recursive: true });
    const identity = { id: "0", clusterId: "c", endpoints: [], member: MEMBER };
    Deno.writeTextFileSync(`${state}/identity.json`, JSON.stringify(identity));
    for (const [url, known] of [[PLAIN, "plain"], [TLS, "lost"]] as const) {
      const members = [{ id: "1", name: "h1", clientUrls: [url], learner: false }];
      Deno.writeTextFileSync(`${state}/contact.json`, JSON.stringify({ heardAtMs: 1, members }));
      assertEquals(knownCluster(prefix), known);
    }
    return Promise.resolve();
  }));

Deno.test("a run that keeps nothing and finds nothing knows no cluster", () =>
  assertEquals(knownCluster(undefined), "none"));
