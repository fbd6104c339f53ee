/** The command that has a plain cluster become TLS: who asks for no certificate, and where it is killed. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { trustDirectory } from "../../../src/app/cluster/known_cluster.ts";
import { beginSecuring } from "../../../src/app/cluster/secure.ts";
import { whoAsks } from "../../../src/app/cluster/secure_asking.ts";
import { SECURE_PURPOSE } from "../../../src/app/cluster/secure_request.ts";
import type { SecureSurvey } from "../../../src/app/cluster/secure_survey.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import { bindingKey, isInRange, type KeyRange } from "../../../src/cluster/store/keys.ts";
import { read, type SecureAskedRecord } from "../../../src/cluster/store/records.ts";
import { secureAnswerKey, secureKey } from "../../../src/cluster/store/secure_keys.ts";
import type { Store, StoreTransaction } from "../../../src/cluster/store/store.ts";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import { newIdentity, recipientOf } from "../../../src/secrets/age.ts";
import { newKeys } from "../../../src/trust/issuing.ts";
import { requestText } from "../../../src/trust/request.ts";
import { stagedFiles } from "../../../src/trust/staged_trust.ts";
import { readOwnSecret } from "../../../src/trust/trust_files.ts";
import { KeyTable } from "../../support/key_table.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { inDirectory } from "../../support/program.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

/** Hosts that are there: members, and one that runs no etcd. */
const ROLES = { h1: "server", h2: "server", a1: "agent" } as const;
type Host = keyof typeof ROLES;

/** The process of the command is no more. */
class Killed extends Error {}

async function asks(host: Host): Promise<SecureAskedRecord> {
  const recipient = unwrap(await recipientOf(await newIdentity()));
  const wish = { role: ROLES[host], host, recipient };
  const { key, text: request } = await requestText(await newKeys(), wish, SECURE_PURPOSE);
  return { request, key, stage: "asked" };
}

/** A plain cluster, in which the command is given on h1. */
class PlainCluster {
  readonly table = new KeyTable();
  readonly asked = new Map<string, SecureAskedRecord>();
  readonly clock = new ManualClock();
  /** Writes until it is killed. */
  #left = Infinity;

  readonly #store = {
    transact: (transaction: StoreTransaction) => {
      if (this.#left-- === 0) throw new Killed();
      const succeeded = this.table.transact(transaction);
      return Promise.resolve(ok({ succeeded, got: [], revision: 1 }));
    },
    list: (range: KeyRange) => {
      const entries = this.table.all.filter(({ key }) => isInRange(range, key));
      return Promise.resolve(ok({ entries, revision: 1 }));
    },
  } as unknown as Store;

  get survey(): SecureSurvey {
    const order = this.table.entries.get(secureKey());
    const hosts = Object.entries(ROLES).map(([host, is], index) => ({
      ...{ host, live: true, answers: true, whose: "ours", memberId: `${index}` },
      role: is === "server" ? "voter" : "client",
    }));
    return {
      fleet: { hosts, leader: "h1" },
      record: read.secure(order?.value),
      revision: order?.modRevision ?? 0,
      asked: this.asked,
      isChanging: false,
    } as unknown as SecureSurvey;
  }

  look = (): Promise<Result<SecureSurvey>> => Promise.resolve(ok(this.survey));

  /** Gives the order; `kill`: after so many writes. True: it was killed. */
  async order(prefix: string, kill = Infinity): Promise<boolean> {
    this.#left = kill;
    const member = { memberId: "0", name: "h1-0", initialCluster: [], founds: true, ran: true };
    const identity = { id: "1", clusterId: "c", endpoints: [], member };
    const wish = { yes: true, abort: false, say: () => Promise.resolve() };
    const place = { prefix, identity, credentials: "none" } as const;
    try {
      const beginning = { place, wish, clock: this.clock, look: this.look };
      unwrap(await beginSecuring(this.#store, this.survey, beginning));
      return false;
    } catch (error) {
      if (error instanceof Killed) return true;
      throw error;
    }
  }
}

/** All were answered by one secret, which this host has. */
function isWhole({ table }: PlainCluster, prefix: string): void {
  const secret = unwrap(readOwnSecret(stagedFiles(privateFiles(trustDirectory(prefix)))));
  assert(secret !== undefined);
  const record = read.secure(table.entries.get(secureKey())?.value);
  assertEquals([record?.servers, record?.agents], [["h1", "h2"], ["a1"]]);
  for (const host of Object.keys(ROLES)) {
    const answer = read.secureAnswer(table.entries.get(secureAnswerKey(host))?.value);
    assertEquals(answer?.believed, secret.cert, host);
    assertEquals(table.entries.has(bindingKey(host)), host === "a1", host);
  }
}

Deno.test("a command that is killed at any of its writes is gone on with by the next, with the same secret", () =>
  inDirectory(async (directory) => {
    const requests = new Map<string, SecureAskedRecord>();
    for (const host of Object.keys(ROLES) as Host[]) requests.set(host, await asks(host));
    let [writes, isOver] = [0, false];
    for (; !isOver; writes++) {
      const cluster = new PlainCluster();
      for (const [host, record] of requests) cluster.asked.set(host, record);
      const prefix = join(directory, `${writes}`);
      isOver = !await cluster.order(prefix, writes);
      await cluster.order(prefix);
      isWhole(cluster, prefix);
    }
    // The order, three answers, and who takes part.
    assertEquals(writes - 1, 5);
  }));

Deno.test("a host that asks for no certificate in time is named: an older program runs there", async () => {
  const cluster = new PlainCluster();
  for (const host of ["h1", "a1"] as const) cluster.asked.set(host, await asks(host));
  // What another asked for in its place counts for nothing.
  cluster.asked.set("h2", await asks("a1"));
  let found: Result<unknown> | undefined;
  void whoAsks(cluster.look, cluster.clock).then((result) => found = result);
  for (let count = 0; found === undefined && count < 200; count++) await cluster.clock.pass(300);
  assert(found !== undefined);
  const { code, message, hint = "" } = refusal(found);
  assertEquals([code, message], ["older", "h2 asks for no certificate"]);
  assertMatch(hint, /an older executable runs there.*replace or stop it.*--abort/);
});

Deno.test("a host that asks while it is waited for takes part", async () => {
  const cluster = new PlainCluster();
  for (const host of ["h1", "a1"] as const) cluster.asked.set(host, await asks(host));
  let found: Result<{ readonly hosts: readonly { readonly host: string }[] }> | undefined;
  void whoAsks(cluster.look, cluster.clock).then((result) => found = result);
  await cluster.clock.pass(3000);
  assertEquals(found, undefined);
  cluster.asked.set("h2", await asks("h2"));
  for (let count = 0; found === undefined && count < 200; count++) await cluster.clock.pass(300);
  assertEquals(found && unwrap(found).hosts.map(({ host }) => host), ["h1", "h2", "a1"]);
});
