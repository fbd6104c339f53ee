/** Certificates that count no more, as a host with the server role refuses them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { refuseRevoked, type RevokedCertificates } from "../../../src/app/trust/refuse_revoked.ts";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import type { PrivateFiles } from "../../../src/os/state/private_files.ts";
import { takeServerRole } from "../../../src/trust/make_trust.ts";
import { LIMITS } from "../../../src/base/limits.ts";
import { readRevoked, revokedList } from "../../../src/trust/revoked.ts";
import { filesInMemory } from "../../support/files_in_memory.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

const ONE = { hosts: 1, serials: ["4a"] };
const TWO = { hosts: 2, serials: ["4a", "4b"] };

/** A host with the server role. */
class Refuser {
  readonly files = filesInMemory();
  readonly authority = testAuthority();
  /** So often connections were ended. */
  ended = 0;
  /** What becomes of a try to. */
  mayEnd: Result<number> = ok(1);

  async begin(): Promise<this> {
    unwrap(await takeServerRole(this.files, (await this.authority).secret, RANDOM));
    return this;
  }

  refuse(wish: RevokedCertificates, files: PrivateFiles = this.files) {
    const endConnections = () => {
      this.ended++;
      return this.mayEnd;
    };
    return refuseRevoked(wish, { files, listenClients: [], endConnections });
  }

  async listed(): Promise<readonly string[]> {
    const { authority } = await this.authority;
    return unwrap(await readRevoked(unwrap(this.files.read("crl.der"))!, authority));
  }
}

Deno.test("each list is written once and connections are ended once for it, also over restarts", async () => {
  const host = await new Refuser().begin();
  for (const wish of [ONE, ONE, TWO, TWO]) assertEquals(unwrap(await host.refuse(wish)), {});
  assertEquals([await host.listed(), host.ended], [["4a", "4b"], 2]);
  // One of whom no certificate is known has connections, too.
  unwrap(await host.refuse({ ...TWO, hosts: 3 }));
  assertEquals(host.ended, 3);
});

Deno.test("where as many others are cast out as before the store was restored, connections end, and who was listed stays so", async () => {
  const host = await new Refuser().begin();
  unwrap(await host.refuse(ONE));
  unwrap(await host.refuse({ hosts: 1, serials: ["4b"] }));
  assertEquals([(await host.listed()).toSorted(), host.ended], [["4a", "4b"], 2]);
});

Deno.test("after another authority has taken its place the list begins anew, and a store of before does not empty it", async () => {
  const host = await new Refuser().begin();
  unwrap(await host.refuse(TWO));
  const after = { hosts: 3, serials: ["5a"], former: 2 };
  const believed = unwrap(host.files.read("ca.pem"))!;
  unwrap(host.files.write("ca.pem", new Uint8Array([...believed, ...believed])));
  unwrap(await host.refuse(after));
  assertEquals(
    (await host.listed()).toSorted(),
    ["4a", "4b", "5a"],
    "the old one is believed still",
  );
  unwrap(host.files.write("ca.pem", believed));
  for (let count = 0; count < 2; count++) unwrap(await host.refuse(after));
  assertEquals(await host.listed(), ["5a"]);
  const { ended } = host;
  unwrap(await host.refuse({ ...after, serials: [] }));
  assertEquals([await host.listed(), host.ended], [["5a"], ended + 1], "a store that was restored");
  unwrap(await host.refuse(ONE));
  assertEquals((await host.listed()).toSorted(), ["4a", "5a"]);
});

Deno.test("where the list is full it is said what to do", async () => {
  const host = await new Refuser().begin();
  const serials = Array.from({ length: LIMITS.revoked + 1 }, (_, at) => `${at + 1}`);
  const { message, hint } = refusal(await host.refuse({ hosts: serials.length, serials }));
  assertMatch(message, /at most 2000 certificates/);
  assertMatch(hint ?? "", /^mgmt cluster rotate ca/);
});

Deno.test("as many certificates as can be listed are a file that a host reads at its start", async () => {
  const { authority } = await testAuthority();
  const lengthOf = async (count: number) => {
    const serials = Array.from({ length: count }, (_, at) => `4${`${at}`.padStart(31, "0")}`);
    return unwrap(await revokedList(authority, serials)).length;
  };
  const [few, more] = [await lengthOf(100), await lengthOf(200)];
  const most = few + (more - few) * LIMITS.revoked / 100;
  assert(most <= LIMITS.privateFileBytes, `${most} bytes`);
});

Deno.test("who is killed between the list and the end of connections ends them at the next start", async () => {
  const host = await new Refuser().begin();
  const full: PrivateFiles = {
    ...host.files,
    write: (name, text) =>
      name === "ended.txt" ? fail("the disk is full") : host.files.write(name, text),
  };
  assertEquals(refusal(await host.refuse(ONE, full)).message, "the disk is full");
  assertEquals(await host.listed(), ["4a"]);
  unwrap(await host.refuse(ONE));
  assertEquals(host.ended, 2);
});

Deno.test("where connections cannot be ended that is said, until the next run, with which etcd begins anew", async () => {
  const host = await new Refuser().begin();
  host.mayEnd = fail("this user may not");
  assertEquals(unwrap(await host.refuse(ONE)), { keepsOpen: "this user may not" });
  assertEquals(unwrap(await host.refuse(ONE)), {});
  assertEquals(unwrap(await host.refuse(TWO)), { keepsOpen: "this user may not" });
  assertEquals(await host.listed(), ["4a", "4b"]);
});
