/** What becomes of hosts' files while their cluster replaces its authority. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { ok } from "../../../src/base/result.ts";
import { type PrivateFiles, privateFiles } from "../../../src/os/state/private_files.ts";
import { doTrustWork } from "../../../src/app/trust/trust_work.ts";
import { certify, openAuthority } from "../../../src/trust/issuing.ts";
import { memberTrust, ownKeys, takeServerRole } from "../../../src/trust/make_trust.ts";
import { certificatesIn } from "../../../src/trust/pem.ts";
import { readRevoked, revokedList } from "../../../src/trust/revoked.ts";
import {
  followRotation,
  isFormer,
  makeNext,
  type Rotation,
  standOf,
} from "../../../src/trust/rotating.ts";
import { certFile, pemFile, readOwnSecret, TRUST_FILES } from "../../../src/trust/trust_files.ts";
import { checkWhole } from "../../../src/trust/whole_trust.ts";
import { readTrust } from "../../../src/trust/trust_files.ts";
import { RANDOM, type TestAuthority, testAuthority } from "../../support/trust.ts";
import { unwrap } from "../../support/unwrap.ts";

const STEPS = ["share", "believe", "certify", "forget"] as const;

/** Directories of hosts that go at the end. */
class Hosts implements Disposable {
  readonly #directory = Deno.makeTempDirSync({ prefix: "mgmt-rotating-" });
  readonly authority: TestAuthority;

  constructor(authority: TestAuthority) {
    this.authority = authority;
  }

  async server(name: string): Promise<PrivateFiles> {
    const files = privateFiles(join(this.#directory, name));
    unwrap(await takeServerRole(files, this.authority.secret, RANDOM));
    unwrap(await memberTrust(files, ["10.0.0.1"], RANDOM));
    return files;
  }

  async agent(name: string): Promise<PrivateFiles> {
    const files = privateFiles(join(this.#directory, name));
    const { publicKey } = unwrap(await ownKeys(files, "host"));
    const profile = { type: "host", id: "0".repeat(32) } as const;
    const cert = await certify(this.authority.authority, profile, publicKey, RANDOM);
    unwrap(files.write(certFile("host"), unwrap(cert)));
    unwrap(files.write(TRUST_FILES.believed, this.authority.secret.cert));
    return files;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

/** The very same files, in memory. */
function copyOf({ path }: PrivateFiles): PrivateFiles {
  const kept = new Map(
    [...Deno.readDirSync(path)].map(({ name }): [string, Uint8Array] => [
      name,
      Deno.readFileSync(join(path, name)),
    ]),
  );
  return {
    path,
    read: (name) => ok(kept.get(name)),
    write: (name, content) => {
      kept.set(name, typeof content === "string" ? new TextEncoder().encode(content) : content);
      return ok(undefined);
    },
    remove: (name) => ok(void kept.delete(name)),
  };
}

async function hosts(): Promise<Hosts> {
  return new Hosts(await testAuthority());
}

/** Whether what a host has goes together, as at each of its starts. */
async function isWhole(files: PrivateFiles): Promise<boolean> {
  const trust = unwrap(readTrust(files));
  return trust !== undefined && (await checkWhole(trust)).ok;
}

async function begin(files: PrivateFiles): Promise<Rotation> {
  return { step: "share", ...unwrap(await makeNext(files, RANDOM)) };
}

Deno.test("a host with the server role comes from one authority to the next, whole at each step", async () => {
  using world = await hosts();
  const files = await world.server("a");
  const rotation = await begin(files);
  const { old, next } = rotation;
  const stands = [];
  for (const step of STEPS) {
    // Each twice, as after a start in between.
    for (let count = 0; count < 2; count++) {
      unwrap(await followRotation(files, { ...rotation, step }, RANDOM));
    }
    assert(await isWhole(files), step);
    unwrap(await memberTrust(files, ["10.0.0.1"], RANDOM));
    stands.push(unwrap(await standOf(files)));
  }
  const [both, keys] = [[old.mark, next.mark], [old.mark, next.mark]];
  assertEquals(stands, [
    { believes: [old.mark], shows: old.mark, keys },
    { believes: both, shows: old.mark, keys },
    { believes: both, shows: next.mark, keys: [next.mark] },
    { believes: [next.mark], shows: next.mark, keys: [next.mark] },
  ]);
  assertEquals(unwrap(pemFile(files, "former.pem"))?.text, old.cert);
});

Deno.test("its members are named in certificates of the next authority as before, and who counts no more still does not", async () => {
  using world = await hosts();
  const files = await world.server("a");
  const listed = unwrap(await revokedList(world.authority.authority, ["4aff"]));
  unwrap(files.write(TRUST_FILES.revoked, listed));
  const before = unwrap(pemFile(files, "server.key"))?.text;
  const rotation = await begin(files);
  unwrap(await followRotation(files, { ...rotation, step: "certify" }, RANDOM));
  const member = unwrap(await memberTrust(files, ["10.0.0.1"], RANDOM));
  assertEquals(member.server.key.text, before);
  const secret = unwrap(readOwnSecret(files));
  assert(secret !== undefined);
  const authority = unwrap(await openAuthority(secret));
  assertEquals(secret.cert, rotation.next.cert);
  assertEquals(unwrap(await readRevoked(unwrap(files.read("crl.der"))!, authority)), ["4aff"]);
});

Deno.test("a host comes along whose files, or those of the host that leads, came by a way that ends lines otherwise", async () => {
  using world = await hosts();
  const [leader, files] = [await world.server("leader"), await world.agent("a")];
  for (
    const [host, name] of [[leader, TRUST_FILES.secret], [files, TRUST_FILES.believed]] as const
  ) {
    const text = unwrap(pemFile(host, name))?.text ?? "";
    unwrap(host.write(name, text.replaceAll("\n", "\r\n")));
  }
  const rotation = await begin(leader);
  for (const host of [leader, files]) {
    unwrap(await followRotation(host, { ...rotation, step: "believe" }, RANDOM));
    const { old, next } = rotation;
    assertEquals(unwrap(await standOf(host)).believes, [old.mark, next.mark]);
  }
});

Deno.test("killed after any file that was written, a host goes on from there", async () => {
  using world = await hosts();
  const first = await world.server("host");
  const rotation = await begin(first);
  for (let limit = 0, wasCut = true; wasCut; limit++) {
    const files = copyOf(first);
    let left = limit;
    wasCut = false;
    const cut: PrivateFiles = {
      ...files,
      write: (name, content) => {
        if (left-- > 0) return files.write(name, content);
        throw new Error("killed");
      },
    };
    for (const step of STEPS) {
      const wish = { type: "follow", host: "a", rotation: { ...rotation, step } } as const;
      const answer = await doTrustWork(wish, wasCut ? files : cut, RANDOM);
      if (answer.ok) continue;
      assertMatch(answer.failure.message, /killed/);
      assert(await isWhole(files), `${step}, ${limit}`);
      wasCut = true;
      unwrap(await doTrustWork(wish, files, RANDOM));
    }
    const { mark } = rotation.next;
    const end = { believes: [mark], shows: mark, keys: [mark] };
    assertEquals(unwrap(await standOf(files)), end, String(limit));
  }
});

Deno.test("a host without the server role believes the next authority alone when it shows its certificate", async () => {
  using world = await hosts();
  const [server, agent] = [await world.server("a"), await world.agent("b")];
  const rotation = await begin(server);
  const { old, next } = rotation;
  for (const step of STEPS) {
    unwrap(await followRotation(agent, { ...rotation, step }, RANDOM));
    assert(await isWhole(agent), step);
  }
  const both = [old.mark, next.mark];
  assertEquals(unwrap(await standOf(agent)), { believes: both, shows: old.mark, keys: [] });
  unwrap(await followRotation(server, { ...rotation, step: "certify" }, RANDOM));
  const secret = unwrap(readOwnSecret(server));
  assert(secret !== undefined);
  const { publicKey } = unwrap(await ownKeys(agent, "host"));
  const profile = { type: "host", id: "0".repeat(32) } as const;
  const authority = unwrap(await openAuthority(secret));
  unwrap(agent.write("host.pem", unwrap(await certify(authority, profile, publicKey, RANDOM))));
  unwrap(await followRotation(agent, { ...rotation, step: "forget" }, RANDOM));
  assertEquals(unwrap(await standOf(agent)), {
    believes: [next.mark],
    shows: next.mark,
    keys: [],
  });
});

Deno.test("the next key goes to who asks for it, and nobody else reads it", async () => {
  using world = await hosts();
  const [a, b, c] = [await world.server("a"), await world.server("b"), await world.server("c")];
  const rotation = await begin(a);
  const { next } = rotation;
  const follow = { type: "follow", rotation } as const;
  const asked = unwrap(await doTrustWork({ ...follow, host: "b" }, b, RANDOM)).request;
  assert(asked !== undefined);
  const again = unwrap(await doTrustWork({ ...follow, host: "b" }, b, RANDOM)).request;
  assertEquals(JSON.parse(again ?? "").key, JSON.parse(asked).key);
  const give = { type: "give", text: asked, next } as const;
  const given = unwrap(await doTrustWork({ ...give, host: "b" }, a, RANDOM)).given;
  assert(given !== undefined);
  const key = unwrap(pemFile(a, "next.key"))?.text.split("\n").at(-3) ?? "";
  assert(key.length > 40 && !given.includes(key));
  // Who takes it to be its own, or asks in another's name, has nothing of it.
  const stolen = unwrap(await doTrustWork({ ...follow, host: "c", given }, c, RANDOM));
  assert(stolen.request !== undefined && stolen.stand?.keys.length === 1);
  const other = await doTrustWork({ ...give, host: "c" }, a, RANDOM);
  assertMatch(other.ok ? "" : other.failure.message, /another host's/);
  const taken = unwrap(await doTrustWork({ ...follow, host: "b", given }, b, RANDOM));
  assertEquals([taken.request, taken.stand?.keys.includes(next.mark)], [undefined, true]);
});

Deno.test("a host of another cluster believes nobody because of that", async () => {
  using world = await hosts();
  using other = await hosts();
  const [a, b] = [await world.server("a"), await other.server("b")];
  const rotation = await begin(a);
  const refused = await followRotation(b, { ...rotation, step: "believe" }, RANDOM);
  assertMatch(refused.ok ? "" : refused.failure.message, /not this host's/);
  const believed = unwrap(pemFile(b, "ca.pem"))?.text ?? "";
  assertEquals(certificatesIn(believed), certificatesIn(other.authority.secret.cert));
});

Deno.test("an authority that was left there goes with the old one", async () => {
  using world = await hosts();
  const files = await world.server("a");
  const { secret: third } = await testAuthority();
  unwrap(files.write(TRUST_FILES.believed, world.authority.secret.cert + third.cert));
  const rotation = await begin(files);
  unwrap(await followRotation(files, { ...rotation, step: "believe" }, RANDOM));
  assertEquals(unwrap(await standOf(files)).believes.length, 3);
  unwrap(await followRotation(files, { ...rotation, step: "forget" }, RANDOM));
  assertEquals(unwrap(await standOf(files)).believes, [rotation.next.mark]);
  assertEquals(isFormer(files, third), true);
});
