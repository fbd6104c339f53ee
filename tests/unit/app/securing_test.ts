/** What a host without etcd does that comes back when its cluster speaks otherwise than it does. */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { Securing } from "../../../src/app/cluster/securing.ts";
import { failure } from "../../../src/base/result.ts";
import type { AgentDisk } from "../../../src/cluster/agent/io.ts";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import { commitTrust, decideTrust, stageAnswer } from "../../../src/trust/staged_trust.ts";
import { keyFile } from "../../../src/trust/trust_files.ts";
import { ManualClock, turn } from "../../support/manual_clock.ts";
import { inDirectory } from "../../support/program.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { unwrap } from "../../support/unwrap.ts";

const MEMBER = { name: "h1-1", memberId: "1", initialCluster: [], founds: false, ran: true };

/** Hosts that have their certificates, and what each does that hears that. */
class Hosts {
  readonly #prefix: string;
  readonly files;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.files = privateFiles(join(prefix, "cluster/trust"));
  }

  async stage(): Promise<this> {
    const { secret, issue } = await testAuthority();
    const { cert, key } = await issue({ type: "host", id: "ab".repeat(16) });
    unwrap(this.files.write(keyFile("host"), key));
    const answer = { role: "agent", cert, believed: secret.cert } as const;
    unwrap(await stageAnswer(this.files, answer, RANDOM));
    return this;
  }

  async hears(speaks: "http" | "https", code: string, more: Partial<AgentDisk> = {}) {
    const asked: string[] = [];
    const identity = { id: "1", endpoints: [], generation: "secure-peers", ...more };
    const securing = new Securing({
      ...{ host: "h1", prefix: this.#prefix, speaks, random: RANDOM, clock: new ManualClock() },
      identity: () => identity,
      anew: (generation) => asked.push(generation),
      trouble: () => {},
    });
    securing.troubled(failure("no contact", { code }));
    for (let count = 0; count < 20; count++) await turn();
    securing.close();
    return asked;
  }
}

Deno.test("a host that was off speaks TLS when its cluster does so alone, and plain text again only until TLS was for good", () =>
  inDirectory(async (directory) => {
    const hosts = await new Hosts(directory).stage();
    assertEquals(await hosts.hears("http", "speaks-tls"), ["secure-peers"]);
    assertEquals(await hosts.hears("http", "unavailable"), []);
    assertEquals(await hosts.hears("http", "speaks-tls", { member: MEMBER }), []);
    unwrap(commitTrust(hosts.files, false));
    assertEquals(await hosts.hears("https", "speaks-plain"), ["secure-both"]);
    assertEquals(await hosts.hears("https", "untrusted"), []);
    assertEquals(await hosts.hears("https", "speaks-plain", { member: MEMBER }), []);
    unwrap(decideTrust(hosts.files));
    assertEquals(await hosts.hears("https", "speaks-plain"), [], "anybody could answer so");
  }));
