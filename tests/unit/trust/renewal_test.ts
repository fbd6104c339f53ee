/** A certificate that is renewed: what stands below the prefix at every moment, and when it is time. */

import { assert, assertEquals } from "@std/assert";
import { CertificateKeeper } from "../../../src/app/trust/certificate_keeper.ts";
import { fail } from "../../../src/base/result.ts";
import type { ShownCertificate } from "../../../src/cluster/store/records.ts";
import type { PrivateFiles } from "../../../src/os/state/private_files.ts";
import { RENEWAL_MS } from "../../../src/trust/certificate_age.ts";
import { certify } from "../../../src/trust/issuing.ts";
import { keepRenewed } from "../../../src/trust/joined_files.ts";
import { memberTrust, ownKeys, renewOwn, takeServerRole } from "../../../src/trust/make_trust.ts";
import { readShown, readTrust, type Shown } from "../../../src/trust/trust_files.ts";
import { checkWhole } from "../../../src/trust/whole_trust.ts";
import { whyNoPair } from "../../../src/trust/key_pair.ts";
import { filesInMemory } from "../../support/files_in_memory.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { isSoon } from "../../support/polling.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { unwrap } from "../../support/unwrap.ts";

const ADDRESSES = ["10.0.0.1", "10.0.0.2"];
const SHOWN: readonly Shown[] = ["host", "server", "peer"];
const DAY_MS = 24 * 3600 * 1000;

/** The same files for somebody who is killed after so many writes. */
function killedAfter(files: PrivateFiles, count: number): PrivateFiles {
  return {
    ...files,
    write: (...given) => count-- > 0 ? files.write(...given) : fail("killed"),
  };
}

/** What each shows; fails where it does not go with its key, or nobody would believe it. */
async function whole(files: PrivateFiles): Promise<Record<string, string>> {
  unwrap(await checkWhole(unwrap(readTrust(files))!));
  return Object.fromEntries(SHOWN.flatMap((shown) => {
    const found = unwrap(readShown(files, shown));
    if (found === undefined) return [];
    assertEquals(whyNoPair(found), undefined);
    return [[shown, `${found.cert.text}${found.key.text}`]];
  }));
}

Deno.test("a host with the server role that is killed anywhere in a renewal shows what belongs together, and is who it was", async () => {
  for (let writes = 0; writes <= 4; writes++) {
    const files = filesInMemory();
    const { secret } = await testAuthority();
    unwrap(await takeServerRole(files, secret, RANDOM));
    unwrap(await memberTrust(files, ADDRESSES, RANDOM));
    const before = await whole(files);
    const done = await renewOwn(killedAfter(files, writes), RANDOM);
    const between = await whole(files);
    assertEquals(done.ok, writes >= 3);
    // It is not taken for done before all is.
    assertEquals(between["host"] !== before["host"], done.ok);
    unwrap(await renewOwn(files, RANDOM));
    const after = await whole(files);
    for (const shown of SHOWN) assert(after[shown] !== before[shown], shown);
    // It is for the same addresses still: nothing is made anew at the next start.
    unwrap(await memberTrust(files, ADDRESSES, RANDOM));
    assertEquals(await whole(files), after);
  }
});

Deno.test("an agent that is killed anywhere in a renewal is believed, also while its cluster changes its authority", async () => {
  const [old, next] = [await testAuthority(), await testAuthority()];
  const [one, two] = [old.secret.cert, next.secret.cert];
  const ways = [[one, one, old], [one, one + two, old], [one, one + two, next], [
    ...[one + two, two, next] as const,
  ], [one + two, one, old]] as const;
  for (const [before, believed, signer] of ways) {
    for (let writes = 0; writes <= 3; writes++) {
      const files = filesInMemory();
      const { publicKey } = unwrap(await ownKeys(files, "host"));
      const profile = { type: "host", id: "0".repeat(32) } as const;
      const cert = async ({ authority }: typeof old) =>
        unwrap(await certify(authority, profile, publicKey, RANDOM));
      unwrap(files.write("host.pem", await cert(old)));
      unwrap(files.write("ca.pem", before));
      const answer = { role: "agent", cert: await cert(signer), believed } as const;
      const done = keepRenewed(killedAfter(files, writes), answer);
      await whole(files);
      if (writes === 3) unwrap(done);
      unwrap(keepRenewed(files, answer));
      assert((await whole(files))["host"]?.startsWith(answer.cert));
      assertEquals(unwrap(readTrust(files))?.credentials.ca.text, believed);
    }
  }
});

/** A host with the server role, and what its keeper says. */
class Keeping {
  readonly clock = new ManualClock();
  readonly shown: ShownCertificate[] = [];
  readonly said: string[] = [];
  #keeper: CertificateKeeper | undefined;
  readonly #files: PrivateFiles;

  constructor(files: PrivateFiles) {
    this.#files = files;
  }

  async start(files = this.#files): Promise<void> {
    this.#keeper = new CertificateKeeper({
      host: "h1",
      files,
      isServer: true,
      clock: this.clock,
      random: RANDOM,
      store: () => undefined,
      shows: (shown) => this.shown.push(shown),
      renewed: (fingerprint) => this.said.push(fingerprint),
      failed: ({ message }) => this.said.push(message),
    });
    assert(await isSoon(() => this.clock.armed === 1), "it does not begin");
  }

  async stop(): Promise<void> {
    await this.#keeper?.stop();
    assertEquals(this.clock.armed, 0);
  }
}

/** Lets that much time pass; then what is under way comes to its end. */
async function pass({ clock }: Keeping, ms: number): Promise<void> {
  const before = clock.armed;
  await clock.pass(ms);
  assert(await isSoon(() => clock.armed === before), "it does not go on");
}

Deno.test("a certificate is renewed after 90 days of use, over restarts, and whatever the clock says", async () => {
  const files = filesInMemory();
  unwrap(await takeServerRole(files, (await testAuthority()).secret, RANDOM));
  const keeping = new Keeping(files);
  keeping.clock.wall = () => new Date(Date.UTC(2020, 0, 1));
  await keeping.start();
  await pass(keeping, 50 * DAY_MS);
  await keeping.stop();
  // It is off for years, and its clock is wrong by more.
  keeping.clock.wall = () => new Date(Date.UTC(2070, 0, 1));
  await keeping.clock.pass(900 * DAY_MS);
  await keeping.start();
  await pass(keeping, 39 * DAY_MS);
  await pass(keeping, DAY_MS / 2);
  assertEquals(keeping.said, []);
  for (let count = 0; count < 4; count++) await pass(keeping, DAY_MS / 2);
  const [first, ...others] = keeping.shown;
  const last = others.at(-1);
  assertEquals(keeping.said, [last?.fingerprint]);
  assert(first?.fingerprint !== last?.fingerprint);
  assertEquals([first?.issuedAt, last?.issuedAt], [Date.UTC(2020, 0, 1), Date.UTC(2070, 0, 1)]);
  await pass(keeping, RENEWAL_MS - 4 * DAY_MS);
  await pass(keeping, DAY_MS);
  assertEquals(keeping.said.length, 1);
  await keeping.stop();
});

Deno.test("where it cannot be renewed that is said once, and it is tried again", async () => {
  const files = filesInMemory();
  unwrap(await takeServerRole(files, (await testAuthority()).secret, RANDOM));
  const keeping = new Keeping(files);
  const full = { isSo: true };
  await keeping.start({
    ...files,
    write: (name, content) =>
      full.isSo && name === "host.pem" ? fail("the disk is full") : files.write(name, content),
  });
  await pass(keeping, 91 * DAY_MS);
  for (let count = 0; count < 3; count++) await pass(keeping, DAY_MS);
  assertEquals(keeping.said, ["the disk is full"]);
  full.isSo = false;
  await pass(keeping, DAY_MS);
  assertEquals(keeping.said.length, 2);
  await keeping.stop();
});
