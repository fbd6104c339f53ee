/** A host that is cast out: what is written at once, and what the leader does about the rest. */

import { assert, assertEquals } from "@std/assert";
import {
  castOutIn,
  clearing,
  evicting,
  formerIn,
  leftOf,
  revokedSerials,
  withFormer,
} from "../../../src/cluster/leader/evictions.ts";
import { ownGrants } from "../../../src/cluster/store/rights.ts";
import { wantedRights } from "../../../src/cluster/leader/rights.ts";
import * as keys from "../../../src/cluster/store/keys.ts";
import { read, write } from "../../../src/cluster/store/records.ts";
import { isAnothers, progressOf } from "../../../src/cluster/admin/evicting.ts";
import type { HostStatus } from "../../../src/cluster/admin/cluster_status.ts";
import { KeyTable } from "../../support/key_table.ts";

const idOf = (host: number) => `${host}`.repeat(32);

/** A cluster of hosts 1 to 3 that have no server role, as its leader sees it. */
class Court extends KeyTable {
  readonly fence = this.put(keys.leaderKey(), "");

  constructor() {
    super();
    for (const host of [1, 2, 3]) {
      const name = `h${host}`;
      this.bind(name, host, `4${host}`);
      this.put(keys.liveKey(name), write({ id: idOf(host) }));
      this.export(name, "a");
    }
  }

  bind(name: string, host: number, ...serials: string[]): void {
    this.put(keys.bindingKey(name), write({ id: idOf(host), role: "host", serials }));
  }

  export(name: string, what: string): void {
    this.put(keys.exportedKey(name, "file", what), "x");
  }

  get(key: string) {
    return this.entries.get(key);
  }

  /** What somebody who casts out `name` reads, and would write. */
  order(name: string) {
    const id = read.binding(this.get(keys.bindingKey(name))?.value)?.id ?? "";
    const bindings = this.all.filter(({ key, value }) =>
      keys.parseKey(key)?.type === "binding" && read.binding(value)?.id === id
    );
    return evicting({ host: name, id, bindings, revoked: this.get(keys.revokedKey()) }, 1000);
  }

  /** What the leader does when their users are gone. */
  clear(): boolean {
    const [first] = leftOf(this.all);
    return first === undefined || this.transact(clearing(first, this.all, this.fence));
  }

  get castOut() {
    return castOutIn(this.get(keys.revokedKey()));
  }

  /** The keys that speak of a name. */
  of(name: string): readonly string[] {
    return this.all.map(({ key }) => key).filter((key) => key.includes(`/${name}`));
  }
}

Deno.test("who is cast out has no rights to come, its certificates are listed, and it can read why", () => {
  const court = new Court();
  assertEquals(wantedRights(court.all).users.has(idOf(2)), true);
  assert(court.transact(court.order("h2")));
  assertEquals(wantedRights(court.all).users.has(idOf(2)), false);
  assertEquals(wantedRights(court.all).users.size, 2);
  assertEquals(revokedSerials(court.castOut), ["42"]);
  assertEquals(court.of("h2"), [keys.certificateKey("h2")]);
  assertEquals(read.certificate(court.get(keys.certificateKey("h2"))?.value)?.castOutAt, 1000);
  assertEquals(court.of("h1").length, 3);
  assertEquals(court.of("h3").length, 3);
});

Deno.test("what it writes until its user is gone goes, and nothing of another host", () => {
  const court = new Court();
  court.bind("h22", 4);
  court.export("h22", "b");
  assert(court.transact(court.order("h2")));
  court.export("h2", "c");
  court.put(keys.liveKey("h2"), write({ id: idOf(2) }));
  court.put(keys.wantedKey("h2", "1"), "x");
  court.put(keys.grantedKey("h2", "1"), "x");
  court.put(keys.requestKey("h2"), "x");
  // Whatever else it may write, though no agent does.
  for (const { from, to } of ownGrants("h2")) {
    court.put(to === `${from}\0` ? from : `${from}anything`, "x");
  }
  assert(court.clear());
  assertEquals(court.of("h2").filter((key) => !key.includes("h22")), []);
  assertEquals(court.of("h22").length, 2);
  assertEquals([court.castOut[0]?.isGone, leftOf(court.all).length], [true, 0]);
  const before = JSON.stringify(court.all);
  assert(court.clear());
  assertEquals(JSON.stringify(court.all), before);
});

Deno.test("two orders at once are one, and of two hosts each is done", () => {
  const court = new Court();
  const [one, same, other] = [court.order("h2"), court.order("h2"), court.order("h3")];
  assertEquals([one, same, other].map((each) => court.transact(each)), [true, false, false]);
  assert(court.transact(court.order("h3")));
  assertEquals(court.castOut.map(({ host }) => host), ["h2", "h3"]);
  assert(court.clear() && court.clear());
  assertEquals(leftOf(court.all), []);
  assertEquals(revokedSerials(court.castOut), ["42", "43"]);
});

Deno.test("who has two names loses both, and who comes under its name later keeps what it has", () => {
  const court = new Court();
  court.bind("other", 2, "52");
  assert(court.transact(court.order("h2")));
  assertEquals(wantedRights(court.all).users.has(idOf(2)), false);
  assertEquals(revokedSerials(court.castOut), ["42", "52"]);
  // The leader of before was killed; meanwhile another host got the name.
  court.bind("h2", 5);
  court.put(keys.liveKey("h2"), write({ id: idOf(5) }));
  court.export("h2", "new");
  assert(court.clear());
  assertEquals(court.get(keys.exportedKey("h2", "file", "new"))?.value, "x");
  assertEquals(court.castOut.map(({ isGone }) => isGone), [true]);
});

Deno.test("a leader of before clears nothing, nor one that has read what is no longer so", () => {
  const changes: ((court: Court) => void)[] = [
    (court) => court.entries.delete(keys.leaderKey()),
    (court) => court.bind("h2", 5),
    (court) => court.put(keys.liveKey("h2"), write({ id: idOf(5) })),
    (court) => court.transact(court.order("h3")),
  ];
  for (const change of changes) {
    const court = new Court();
    assert(court.transact(court.order("h2")));
    const [first] = leftOf(court.all);
    const late = clearing(first!, court.all, court.fence);
    change(court);
    assertEquals(court.transact(late), false);
  }
});

function row(host: string, more: Partial<HostStatus>): HostStatus {
  return {
    ...{ host, role: "client", leadsEtcd: false, decides: false, live: true, answers: true },
    ...{ etcd: "none", clientUrls: [], volunteers: false, alarms: [], whose: "ours", ...more },
  };
}

Deno.test("the name of a host with the server role that was cast out may be another's, also of one that is off", () => {
  const out = { host: "h1", id: idOf(1) };
  const others: readonly [hosts: readonly HostStatus[], isBound: boolean][] = [
    [[], true],
    [[row("h1", { hostId: idOf(2) })], false],
    [[row("h1", { role: "voter", live: false })], false],
  ];
  for (const [hosts, isBound] of others) assertEquals(isAnothers(hosts, isBound, out), true);
  // What it said itself goes with its lease.
  for (const own of [row("h1", { hostId: idOf(1) }), row("h1", { live: false }), row("h2", {})]) {
    assertEquals(isAnothers([own], false, out), false, JSON.stringify(own));
  }
  assertEquals(isAnothers([row("h1", { hostId: idOf(2) })], false, { host: "h1" }), true);
});

Deno.test("it is in force where every member that is there refuses it; those that are not are named", () => {
  const hosts = [
    row("h1", { role: "voter", trust: "server", refuses: 2 }),
    row("h2", { role: "voter", trust: "server", refuses: 1, keepsOpen: "it may not" }),
    row("h3", { role: "voter", live: false }),
    row("h4", { trust: "agent" }),
    row("h5", { trust: "server" }),
  ];
  const keepsOpen = [{ host: "h2", why: "it may not" }];
  assertEquals(progressOf(hosts, 2), { waitsFor: ["h2", "h5"], silent: ["h3"], keepsOpen });
  assertEquals(progressOf(hosts, 1).waitsFor, ["h5"]);
});

Deno.test("after another authority has taken its place, certificates of before it are listed no more, and nobody counts otherwise", () => {
  const court = new Court();
  for (const name of ["h1", "h2"]) court.transact(court.order(name));
  const entry = court.get(keys.revokedKey())!;
  const one = withFormer(entry, 1);
  court.put(keys.revokedKey(), write(one));
  assertEquals(revokedSerials(castOutIn(court.get(keys.revokedKey()))), ["42"]);
  court.transact(court.order("h3"));
  while (leftOf(court.all).length > 0) assert(court.clear());
  const list = court.get(keys.revokedKey())!;
  assertEquals([castOutIn(list).length, formerIn(list), revokedSerials(castOutIn(list))], [
    3,
    1,
    ["42", "43"],
  ]);
  assertEquals(withFormer(list, 0), { hosts: castOutIn(list), former: 1 });
});
