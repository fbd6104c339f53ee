import { assertEquals, assertMatch } from "@std/assert";
import { loopbackMac, unreachable } from "../../../src/app/cluster/loopback_mac.ts";
import { textOf } from "../../support/cluster_news.ts";
import { at } from "../../support/address.ts";

const HERE = ["http://127.0.0.1:2379"];
const AWAY = ["http://10.0.0.1:2379"];
const LOCAL = {
  clientUrls: HERE,
  peerUrls: HERE,
  listenClients: HERE.map(at),
  listenPeers: HERE.map(at),
  seeds: [],
  credentials: "none" as const,
};

function hasMac(more: Partial<Parameters<typeof loopbackMac>[0]["cluster"]>): boolean {
  const random = { hex: () => "0", below: () => 0 };
  const cluster = { ...LOCAL, ...more };
  return loopbackMac({ cluster, random, noop: true, tell: () => {} }) !== undefined;
}

Deno.test("whose members other machines reach is told that it takes nothing from there", () => {
  const members = [{ name: "a-1", clientUrls: HERE }, { name: "b-1", clientUrls: AWAY }];
  assertMatch(
    textOf(unreachable(LOCAL, members)!),
    /other machines reach b-1 at http:\/\/10\.0\.0\.1:2379/,
  );
  assertEquals(unreachable(LOCAL, members.slice(0, 1)), undefined);
  assertEquals(unreachable({ ...LOCAL, seeds: AWAY }, members), undefined);
});

Deno.test("exports have a MAC where a host has, and was told of, nothing but loopback addresses", () => {
  assertEquals(hasMac({}), true);
  assertEquals(
    hasMac({ seeds: ["http://localhost:1", "http://[::1]:1", "http://127.1.2.3:1"] }),
    true,
  );
  for (const name of ["clientUrls", "peerUrls", "seeds"]) {
    assertEquals(hasMac({ [name]: AWAY }), false, name);
  }
  for (const name of ["listenClients", "listenPeers"]) {
    assertEquals(hasMac({ [name]: AWAY.map(at) }), false, name);
  }
  assertEquals(hasMac({ listenClients: [at("http://0.0.0.0:2379")] }), false);
  assertEquals(hasMac({ seeds: ["http://127.example.org:2379"] }), false);
  assertEquals(hasMac({ seeds: [...HERE, ...AWAY] }), false);
});
