/** A store that is full, on real etcd with a small quota: it is mended, and everybody goes on. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { AgentDisk, MemberStart } from "../../src/cluster/agent/io.ts";
import type { News } from "../../src/cluster/agent/news.ts";
import { EffectRunner } from "../../src/cluster/agent/effect_runner.ts";
import type { MemberListener } from "../../src/cluster/agent/effect_runner_options.ts";
import { leaderKey, prefixRange } from "../../src/cluster/store/keys.ts";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import type { MemberStatus, Store } from "../../src/cluster/store/store.ts";
import { PATIENCE } from "../../src/cluster/leader/view.ts";
import { fail } from "../../src/base/result.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { createLocalRandom } from "../../src/os/local_random.ts";
import { runLine } from "../support/cli_surface.ts";
import { eventually, TestEtcd } from "../support/etcd.ts";
import { OPTIONS, valueOf } from "../support/store_contract.ts";
import { sentenceOf } from "../support/cluster_news.ts";

const QUOTA_BYTES = 8 * 1024 * 1024;
const VALUE = "v".repeat(50_000);
const EXPORTS = "/_mgmt/exported/x/resources/file/";
const FLAGS = [
  ...["--quota-backend-bytes", `${QUOTA_BYTES}`],
  ...["--bootstrap-defrag-threshold-megabytes", "1"],
];

/** One host whose etcd has a small quota. */
class SmallHost implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "mgmt-full-" });
  readonly etcd: TestEtcd;
  readonly news: News[] = [];
  readonly store: Store;
  #disk: AgentDisk;
  #driver: EffectRunner | undefined;
  #wished: MemberStart | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(readonly host = "h1", readonly seeds: readonly string[] = []) {
    this.#disk = { id: host.padEnd(16, "1"), endpoints: [] };
    this.etcd = new TestEtcd("data", this.directory, { flags: FLAGS });
    this.store = openEtcdStore(
      { clientUrls: [this.etcd.clientUrl] },
      { clock: createLocalClock(), onHttp2Break },
    );
  }

  /** Its agent runs from now on. */
  start(): void {
    const clock = createLocalClock();
    const { clientUrl, peerUrl } = this.etcd;
    this.#driver = new EffectRunner({
      settings: {
        host: this.host,
        seeds: this.seeds,
        clientUrls: [clientUrl],
        peerUrls: [peerUrl],
        server: true,
        volunteer: true,
        patience: PATIENCE,
      },
      clock,
      random: createLocalRandom(),
      disk: this.#disk,
      place: () => {},
      save: (disk) => void (this.#disk = disk),
      openStore: (address) => Promise.resolve(openEtcdStore(address, { clock, onHttp2Break })),
      etcd: (listener) => this.#runner(listener),
      hello: {
        ask: () => Promise.resolve(fail("nobody")),
        serve: () => ({ ok: true, value: { close: () => Promise.resolve() } }),
      },
      tell: (news) => void this.news.push(news),
      store: () => {},
      outcast: () => {},
      lives: () => false,
      compare: () => {},
    });
    this.#driver.start();
  }

  #runner(listener: MemberListener) {
    return {
      prepare: () => Promise.resolve(),
      wish: (wish: MemberStart | undefined) => {
        this.#working = this.#working.then(() => this.#grant(wish, listener));
      },
      aside: () => {},
      close: async () => {
        this.#wished = undefined;
        await this.etcd.kill();
      },
    };
  }

  async #grant(wish: MemberStart | undefined, listener: MemberListener): Promise<void> {
    const before = this.#wished?.name;
    if (wish?.name === before) return;
    this.#wished = wish;
    if (before !== undefined) {
      await this.etcd.kill();
      listener.ended(before, "other", "it is not wanted any more");
    }
    if (wish === undefined) return;
    this.run();
    await this.serves();
    listener.runs(wish.name);
  }

  /** Its etcd, with or without an agent. */
  run(): void {
    const { name = "", initialCluster = [], founds = true } = this.#disk.member ?? {};
    Object.assign(this.etcd, { name });
    const members = initialCluster.map((each) => `${each.name}=${each.url}`).join(",");
    this.etcd.start(members, founds ? "new" : "existing");
  }

  /** It answers; that it is well it does not say while it is full. */
  async serves(): Promise<void> {
    const answers = async () => (await this.store.status(this.etcd.clientUrl, OPTIONS)).ok;
    await eventually(answers, () => `it does not answer\n${this.etcd.log}`);
  }

  stop(): Promise<void> | undefined {
    return this.#driver?.stop();
  }

  get leads(): boolean {
    return this.#driver?.status().leads !== undefined;
  }

  /** Its own etcd answers. */
  get runs(): boolean {
    return this.#disk.member?.ran === true;
  }

  /** What people were told, of that kind. */
  said(level: "warning" | "notice"): string {
    return this.news.map(sentenceOf).flatMap((said) => said?.level === level ? said.text : [])
      .join("\n");
  }

  /** Changes so many exports again and again, until etcd takes no more. */
  async fill(exports = 4): Promise<void> {
    for (let count = 0; count < 1000; count++) {
      const written = await this.store.put(`${EXPORTS}${count % exports}`, VALUE, OPTIONS);
      if (written.ok) continue;
      return assertEquals(written.failure.code, "no-space");
    }
    throw new Error("it takes everything");
  }

  async status(): Promise<MemberStatus> {
    return valueOf(await this.store.status(this.etcd.clientUrl, OPTIONS));
  }

  async alarms(): Promise<readonly string[]> {
    return (await this.status()).alarms;
  }

  /** Writes are taken again; says how large the file is then. */
  async isMended(): Promise<number> {
    await eventually(
      async () =>
        (await this.store.put("/test/again", "x", OPTIONS)).ok &&
        (await this.alarms()).length === 0,
      () => `it is still full\n${this.said("warning")}\n${this.said("notice")}`,
    );
    return valueOf(await this.store.status(this.etcd.clientUrl, OPTIONS)).databaseBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.store.close();
    await this.stop();
    await this.etcd.kill();
    await Deno.remove(this.directory, { recursive: true });
  }
}

Deno.test({
  name: "a store that is full is mended, also where nobody can lead because it is full",
  // On one runtime gRPC's own timers count as left behind.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using host = new SmallHost();
    host.start();
    await eventually(() => host.leads, () => "it does not lead");
    await host.fill();
    assertEquals(await host.alarms(), ["NOSPACE"]);
    assert(await host.isMended() < QUOTA_BYTES / 2, "its file is as large as before");
    assert(/the cluster's store is full/.test(host.said("warning")), host.said("warning"));
    assert(host.leads, "it went on to lead");

    await host.stop();
    host.news.length = 0;
    host.run();
    await host.serves();
    // As if the time of its lease were over.
    const gone = [{ type: "delete", key: leaderKey() } as const];
    valueOf(await host.store.transact({ when: [], then: gone }, OPTIONS));
    await host.fill();
    const seeds = ["--seeds", host.etcd.clientUrl];
    const { data: members } = await runLine(["members", ...seeds]);
    assertStringIncludes(members, "NOSPACE");
    const { data: status } = await runLine(["cluster", "status", ...seeds]);
    assertStringIncludes(status, "full, takes nothing more");
    await host.etcd.kill();
    host.start();
    await host.isMended();
    assertStringIncludes(host.said("warning"), "what this host says of itself is not written");
    await eventually(() => host.leads, () => "it does not lead");
  },
});

/**
 * A store that what is in it has filled, and of which all that is removed, with a learner that comes too
 * late to count what is free.
 */
async function withFullLearner(
  { isLate }: { readonly isLate: boolean },
  test: (voter: SmallHost, learner: SmallHost) => Promise<void>,
): Promise<void> {
  await using voter = new SmallHost();
  voter.start();
  await eventually(() => voter.leads, () => "it does not lead");
  await using learner = new SmallHost("h2", [voter.etcd.clientUrl]);
  learner.start();
  const learns = () => learner.said("notice").includes("starts as a learner") && learner.runs;
  await eventually(learns, () => `${learner.said("warning")}\n${voter.said("notice")}`);
  await voter.fill(1000);
  if (isLate) {
    const hasAll = async () =>
      (await learner.status()).raftAppliedIndex === (await voter.status()).raftAppliedIndex;
    await eventually(hasAll, () => "the learner is behind");
    learner.etcd.signal("SIGSTOP");
  }
  // What is in it is no history, so that only this makes room.
  const gone = [{ type: "deleteRange", range: prefixRange(EXPORTS) } as const];
  valueOf(await voter.store.transact({ when: [], then: gone }, OPTIONS));
  if (isLate) {
    const isOpen = async () => (await voter.alarms()).length === 0;
    await eventually(isOpen, () => `the store stays closed\n${voter.said("notice")}`);
    learner.etcd.signal("SIGCONT");
  }
  let last: unknown;
  const isSmall = async () => {
    const answer = await learner.store.status(learner.etcd.clientUrl, OPTIONS);
    last = answer;
    return answer.ok && answer.value.databaseBytes < QUOTA_BYTES / 2;
  };
  const said = () => `${voter.said("notice")}\n${learner.said("notice")}\n${JSON.stringify(last)}`;
  await eventually(isSmall, () => `the learner's file stays large\n${said()}`);
  await test(voter, learner);
}

Deno.test({
  name:
    "a store that a learner's full file closes is opened again, and its host has its etcd mend it",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await withFullLearner({ isLate: false }, async (voter, learner) => {
      await voter.isMended();
      // As many writes as the learner needs to close the store again, if it would.
      for (let count = 0; count < 5; count++) {
        valueOf(await voter.store.put("/test/again", `${count}`, OPTIONS));
      }
      assert((await learner.status()).learner, "it has a vote by now");
      assertEquals(await learner.alarms(), []);
      assertStringIncludes(learner.said("notice"), "starts etcd anew: its file is ");
    });
  },
});

Deno.test({
  name: "a learner that has room only after the last write gives it back before the next one",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await withFullLearner({ isLate: true }, async (voter, learner) => {
      assertStringIncludes(learner.said("notice"), "starts etcd anew: its file is at its limit");
      valueOf(await voter.store.put("/test/again", VALUE, OPTIONS));
      assertEquals(await learner.alarms(), []);
    });
  },
});
