/** Addresses that a prefix was given before, for a start that names none. */

import { assertEquals } from "@std/assert";
import { addressText } from "../../../src/base/address.ts";
import {
  type ClusterSettings,
  clusterSettings,
} from "../../../src/app/cluster/cluster_settings.ts";
import { ADDRESSES, IDENTITY } from "../../../src/app/cluster/disk.ts";
import { addressesText, withSameAddresses } from "../../../src/app/cluster/same_addresses.ts";
import { inTls } from "../../../src/app/cluster/tls_addresses.ts";
import { readFlags } from "../../../src/app/flags.ts";
import { RUN_FLAGS } from "../../../src/app/run_flags.ts";
import { stateDirectory } from "../../../src/os/state/state_directory.ts";
import { inDirectory } from "../../support/program.ts";
import { unwrap } from "../../support/unwrap.ts";

type Flags = Readonly<Record<string, string>>;

function told(given: Flags): ClusterSettings {
  const flags = new Map(Object.entries(given));
  const values = unwrap(readFlags(Object.values(RUN_FLAGS), { flags }));
  return unwrap(clusterSettings(values, { flags }));
}

const BOTH = { "client-urls": "10.0.0.1:1", "server-urls": "10.0.0.1:2" };
const NAT = { "client-urls": "0.0.0.0:1", "advertise-client-urls": "door.example:9" };
const DEFAULTS = ["127.0.0.1:2379", "127.0.0.1:2379", "127.0.0.1:2380"];
const CLIENT = { clusterId: "c" };
const MEMBER = { ...CLIENT, member: { name: "h-01234567" } };

/** Title, what it is in a cluster, earlier flags (or the file), flags now, then: listens, told, members. */
const CASES: readonly (readonly [string, object, Flags | string, Flags, readonly string[]])[] = [
  ["a member", MEMBER, BOTH, {}, ["10.0.0.1:1", "10.0.0.1:1", "10.0.0.1:2"]],
  ["a client", CLIENT, BOTH, {}, ["10.0.0.1:1", "10.0.0.1:1", "10.0.0.1:2"]],
  ["what others are told", MEMBER, NAT, {}, ["0.0.0.0:1", "door.example:9", "127.0.0.1:2380"]],
  ["who has left", {}, BOTH, {}, DEFAULTS],
  ["who was given none", MEMBER, {}, {}, DEFAULTS],
  ["flags win", MEMBER, BOTH, { "client-urls": "10.0.0.2:1", "server-urls": "10.0.0.2:2" }, [
    ..."10.0.0.2:1 10.0.0.2:1 10.0.0.2:2".split(" "),
  ]],
  ["each by itself", MEMBER, BOTH, { "client-urls": "10.0.0.2:1" }, [
    ..."10.0.0.2:1 10.0.0.2:1 10.0.0.1:2".split(" "),
  ]],
  ["the same under its other name", MEMBER, BOTH, { "peer-urls": "10.0.0.2:2" }, [
    ..."10.0.0.1:1 10.0.0.1:1 10.0.0.2:2".split(" "),
  ]],
  ["no file of an agent", MEMBER, "[1", {}, DEFAULTS],
  ["other things in it", MEMBER, `{"clients":{"listen":[1],"told":[]},"peers":7}`, {}, DEFAULTS],
  [
    "a name to listen at",
    MEMBER,
    `{"clients":{"listen":["http://a:1"],"told":["http://a:1"]}}`,
    {},
    [
      ...DEFAULTS,
    ],
  ],
  [
    "more than a host has",
    MEMBER,
    JSON.stringify({
      clients: { listen: Array(65).fill("http://10.0.0.1:1"), told: ["http://10.0.0.1:1"] },
    }),
    {},
    DEFAULTS,
  ],
];

for (const [title, identity, before, now, expected] of CASES) {
  for (const isTls of [false, true]) {
    Deno.test(`addresses of a start, ${isTls ? "TLS" : "plain"}: ${title}`, () =>
      inDirectory((prefix) => {
        const state = stateDirectory(`${prefix}/cluster/state`);
        state.write(IDENTITY, JSON.stringify({ id: "0", endpoints: [], ...identity }));
        const kept = typeof before === "string"
          ? before
          : addressesText(isTls ? inTls(told(before)) : told(before));
        if (kept !== undefined) state.write(ADDRESSES, kept);
        const is = unwrap(withSameAddresses(told(now), prefix));
        const all = [is.listenClients.map(addressText), is.clientUrls, is.peerUrls];
        assertEquals(all, expected.map((each) => [`http://${each}`]));
        assertEquals(is.asBefore === undefined, is.named.length === told(now).named.length);
        return Promise.resolve();
      }));
  }
}

Deno.test("a client address that is now given, and is where members were before, is refused", () =>
  inDirectory((prefix) => {
    const state = stateDirectory(`${prefix}/cluster/state`);
    state.write(IDENTITY, JSON.stringify({ id: "0", endpoints: [], ...MEMBER }));
    state.write(ADDRESSES, addressesText(told(BOTH)) ?? "");
    const refused = withSameAddresses(told({ "client-urls": "10.0.0.1:2" }), prefix);
    assertEquals(refused.ok, false);
    return Promise.resolve();
  }));
