import { assertEquals } from "@std/assert";
import { restorable } from "../../../src/cluster/admin/restoring.ts";
import { allUnseen, Unseen } from "../../../src/cluster/exchange/unseen.ts";
import { bindingKey, revokedKey, tokenKey } from "../../../src/cluster/store/keys.ts";
import { write } from "../../../src/cluster/store/records.ts";
import { keyAskedKey, keyGivenKey, rotationKey } from "../../../src/cluster/store/rotation_keys.ts";
import type { HostExport } from "../../../src/kind/export.ts";

function offer(host: string, name: string, more: Partial<HostExport> = {}): HostExport {
  return { host, hostId: host, kind: "file", name, fields: {}, ...more };
}

const keyOf = ({ host, name }: HostExport) => `${host}/${name}`;

function there(...offers: HostExport[]): ReadonlyMap<string, HostExport> {
  return new Map(offers.map((each) => [keyOf(each), each]));
}

Deno.test("of a snapshot come back keys of others, the size, and exports that are marked", () => {
  const entry = (key: string, value: string, leased = false) => ({
    ...{ key: new TextEncoder().encode(key), value: new TextEncoder().encode(value), leased },
  });
  const mac = "0".repeat(64);
  const { entries, exports, leased } = restorable([
    entry("/own", "1"),
    entry("/gone", "1", true),
    entry("/_mgmt/idealClusterSize", "3"),
    entry("/_mgmt/live/h1", "{}", true),
    entry("/_mgmt/ctl/op", "{}"),
    entry("/_mgmt/exported/h1/resources/file/x", '{"version":1}'),
    entry("/_mgmt/exported/h1/resources/file/y", `{"version":1,"counter":1,"mac":"${mac}"}`),
  ]);
  const texts = entries.map(({ key, value }) =>
    [key, value].map((bytes) => new TextDecoder().decode(bytes)).join("=")
  );
  assertEquals(texts, [
    "/own=1",
    "/_mgmt/idealClusterSize=3",
    '/_mgmt/exported/h1/resources/file/x={"version":1,"restored":true}',
  ]);
  assertEquals([exports, leased], [1, 1]);
});

Deno.test("of an authority that was being replaced, and of what the one of then signed, nothing comes back", () => {
  const old = { mark: "old", cert: "OLD" };
  const rotation = write({ step: "certify", by: "h1", old, next: { mark: "next", cert: "NEXT" } });
  const token = { role: "agent", uses: 1, used: [], forMs: 1, madeAt: 0, madeBy: "h1" } as const;
  const all = [
    [rotationKey(), rotation],
    [keyGivenKey("h1"), write({ mark: "next", text: "its key" })],
    [keyAskedKey("h1"), write({ mark: "next", text: "asks" })],
    [tokenKey("0123456789abcdef"), write(token)],
    [bindingKey("h2"), write({ id: "ab", role: "host", serials: ["4a"] })],
    [revokedKey(), write({ hosts: [{ host: "h3", id: "cd", serials: ["4b"], at: 1 }] })],
  ] as const;
  const entries = all.map(([key, value]) => ({
    ...{ key: new TextEncoder().encode(key), value: new TextEncoder().encode(value) },
    leased: false,
  }));
  assertEquals(restorable(entries), { entries: [], exports: 0, leased: 0 });
});

Deno.test("what was collected counts until its host has come, before what is restored", () => {
  const known = allUnseen({ offers: [offer("b", "x"), offer("c", "y"), offer("a", "own")] });
  const unseen = new Unseen(known, "a");
  const names = (now: ReadonlyMap<string, HostExport>) =>
    [...unseen.beside(now, now, keyOf).entries()].map(([key, { restored }]) =>
      restored === true ? `${key} restored` : key
    ).sort();
  const old = [offer("b", "x", { restored: true }), offer("d", "z", { restored: true })];
  assertEquals(names(there(...old)), ["b/x", "c/y", "d/z restored"]);
  assertEquals(unseen.stored, { unseen: ["b", "c"] });
  assertEquals(names(there(offer("b", "other"), old[1]!)), ["b/other", "c/y", "d/z restored"]);
  assertEquals(names(there(old[1]!)), ["c/y", "d/z restored"], "b has come, and withdrawn it");
});
