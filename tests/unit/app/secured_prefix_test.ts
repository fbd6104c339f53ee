/** What a prefix is whose host was killed on its way from plain text to TLS, or back. */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { settleSecuring } from "../../../src/app/cluster/secured_prefix.ts";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import { takeServerRole } from "../../../src/trust/make_trust.ts";
import { decideTrust, isUndecided, stageAnswer } from "../../../src/trust/staged_trust.ts";
import { certFile, keyFile } from "../../../src/trust/trust_files.ts";
import { contentOf, inDirectory } from "../../support/program.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { unwrap } from "../../support/unwrap.ts";

const PLAIN = ["http://10.0.0.1:2379", "http://[fd00::1]:2379"];
const TLS = ["https://10.0.0.1:2379", "https://[fd00::1]:2379"];
const ID = "ab".repeat(16);
const MEMBER = { name: "h1-12345678", memberId: "1f", initialCluster: {}, founds: true, ran: true };

/** A prefix with such an identity, and what is kept of its trust. */
class Prefix {
  readonly #path: string;
  readonly files;

  constructor(path: string, identity: object) {
    this.#path = path;
    this.files = privateFiles(join(path, "cluster/trust"));
    Deno.mkdirSync(join(path, "cluster/state"), { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(this.#identity, JSON.stringify({ id: "1", ...identity }));
  }

  get #identity(): string {
    return join(this.#path, "cluster/state/identity.json");
  }

  get identity(): Record<string, unknown> {
    return JSON.parse(Deno.readTextFileSync(this.#identity));
  }

  /** Which certificates of authorities it believes, now and later. */
  get believed(): readonly boolean[] {
    return ["ca.pem", "ca.next.pem"].map((name) =>
      contentOf(join(this.files.path, name)) !== undefined
    );
  }

  async settle(generation?: string): Promise<void> {
    const now = generation === undefined ? undefined : { generation, host: "w1" };
    unwrap(await settleSecuring(this.#path, now));
  }
}

Deno.test("a member that was killed before its trust counted finishes that, and comes back to plain text", () =>
  inDirectory(async (directory) => {
    const { secret } = await testAuthority();
    const member = { endpoints: PLAIN, generation: "secure-peers", member: MEMBER };
    const prefix = new Prefix(directory, member);
    unwrap(await stageAnswer(prefix.files, { role: "server", secret }, RANDOM));
    assertEquals(prefix.believed, [false, true]);
    await prefix.settle();
    assertEquals(prefix.believed, [true, false]);
    assert(!isUndecided(prefix.files), "a member is waited for");
    const { tls, wasPlain, endpoints, id } = prefix.identity;
    assertEquals({ tls, wasPlain, endpoints, id }, {
      tls: true,
      wasPlain: true,
      endpoints: TLS,
      id: "1",
    });
    const settled = prefix.identity;
    await prefix.settle();
    assertEquals(prefix.identity, settled, "twice is not once");
    await prefix.settle("secure-both");
    assertEquals(prefix.believed, [false, true]);
    const both = { ...member, generation: "secure-both" };
    assertEquals(prefix.identity, { id: "1", ...both });
  }));

Deno.test("who was killed when its trust counted already, and was not moved yet, keeps nothing of before", () =>
  inDirectory(async (directory) => {
    const { secret } = await testAuthority();
    const prefix = new Prefix(directory, { endpoints: PLAIN, generation: "secure-peers" });
    unwrap(await stageAnswer(prefix.files, { role: "server", secret }, RANDOM));
    const staged = unwrap(prefix.files.read("ca.next.pem"))!;
    await prefix.settle();
    const settled = unwrap(prefix.files.read("ca.pem"));
    unwrap(prefix.files.write("ca.next.pem", staged));
    await prefix.settle();
    assertEquals(prefix.believed, [true, false]);
    assertEquals(unwrap(prefix.files.read("ca.pem")), settled);
    // And the other way round: what counts no more, and is there still.
    await prefix.settle("secure-both");
    unwrap(prefix.files.write("ca.pem", staged));
    await prefix.settle();
    assertEquals(prefix.believed, [false, true]);
  }));

Deno.test("a host without etcd is who its certificate says from then on", () =>
  inDirectory(async (directory) => {
    const { secret, issue } = await testAuthority();
    const prefix = new Prefix(directory, { endpoints: PLAIN });
    const shown = await issue({ type: "host", id: ID });
    unwrap(prefix.files.write(keyFile("host"), shown.key));
    const answer = { role: "agent", cert: shown.cert, believed: secret.cert } as const;
    unwrap(await stageAnswer(prefix.files, answer, RANDOM));
    await prefix.settle();
    assertEquals(prefix.believed, [false, true], "nobody has said that it is time");
    await prefix.settle("secure-peers");
    assertEquals([prefix.believed, prefix.identity["id"]], [[true, false], ID]);
    assertEquals(prefix.identity["host"], "w1", "its certificate has rights to that name alone");
    assert(isUndecided(prefix.files), "nobody waits for it where the cluster goes back");
    unwrap(decideTrust(prefix.files));
    await prefix.settle();
    assert(!isUndecided(prefix.files), "what was decided is decided");
    await prefix.settle("secure-both");
    assertEquals(prefix.identity["host"], undefined, "in plain text no name is bound");
  }));

Deno.test("what was kept of an order that was taken back is replaced by that of the next", () =>
  inDirectory(async (directory) => {
    const [first, second] = [await testAuthority(), await testAuthority()];
    const prefix = new Prefix(directory, { endpoints: PLAIN });
    for (const { secret } of [first, second]) {
      unwrap(await stageAnswer(prefix.files, { role: "server", secret }, RANDOM));
    }
    const next = contentOf(join(prefix.files.path, "ca.next.pem"));
    assertEquals(next, second.secret.cert);
    assert(contentOf(join(prefix.files.path, certFile("host"))) !== undefined);
  }));

Deno.test("a prefix that always spoke TLS, or was never asked, is left as it is", () =>
  inDirectory(async (directory) => {
    const { secret } = await testAuthority();
    const prefix = new Prefix(directory, { endpoints: TLS, generation: "another" });
    unwrap(await takeServerRole(prefix.files, secret, RANDOM));
    const before = prefix.identity;
    await prefix.settle();
    assertEquals([prefix.believed, prefix.identity], [[true, false], before]);
  }));
