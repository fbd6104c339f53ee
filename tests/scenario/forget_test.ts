/** Hosts that are gone for good, and members that were never there. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { etcdPrograms, freeUrl } from "../support/etcd.ts";
import { isSoon } from "../support/polling.ts";
import { contentOf, type Ended, inDirectory, mgmt, Program, within } from "../support/program.ts";

/** Three hosts on this machine; each exports a file and collects those of the others. */
class Three implements AsyncDisposable {
  readonly urls = [freeUrl(), freeUrl(), freeUrl()];
  readonly #peerUrls = [freeUrl(), freeUrl(), freeUrl()];
  readonly #agents = new Map<string, Program>();

  constructor(readonly directory: string) {
    for (const host of ["a", "b", "c"]) {
      const place = join(directory, `of-${host}`);
      Deno.mkdirSync(place);
      Deno.writeTextFileSync(
        join(directory, `${host}.yaml`),
        `graph: ${host}
resources:
  file:
  - {name: "@@backend", path: /backend-${host}, content: "${host} is up"}
  - {name: "@@live", path: /live-${host}, content: "${host} is up"}
collect:
- {kind: file, name: backend, pattern: ${place}/, withdrawn: absent}
- {kind: file, name: live, pattern: ${place}/, withdrawn: absent, live: true, grace: 1}
`,
      );
    }
  }

  start(host: string): void {
    const index = ["a", "b", "c"].indexOf(host);
    const seeds = index === 0 ? ["--ideal-cluster-size", "3"] : ["--seeds", this.urls[0]!];
    const agent = new Program([
      ...["run", join(this.directory, `${host}.yaml`), "--prefix", join(this.directory, host)],
      ...["--hostname", host, "--client-urls", this.urls[index]!],
      ...["--server-urls", this.#peerUrls[index]!, ...seeds],
    ]);
    this.#agents.set(host, agent);
  }

  async stop(host: string): Promise<void> {
    await this.#agents.get(host)?.interrupt();
  }

  /** A command about the cluster, as one types it on any of its hosts. */
  async asks(...words: string[]): Promise<Ended> {
    return await mgmt([...words, "--seeds", this.urls.join()]);
  }

  /** `a voter, b voter, c client silent` */
  async roles(): Promise<string> {
    const { code, stdout } = await this.asks("members", "--output", "json");
    const rows: { host: string; role: string; live: boolean }[] = code === 0
      ? JSON.parse(stdout).members
      : [];
    return rows.map((row) => `${row.host} ${row.role}${row.live ? "" : " silent"}`).join(", ");
  }

  async become(wanted: string): Promise<void> {
    let last = "";
    await isSoon(async () => (last = await this.roles()) === wanted, 60_000);
    assertEquals(last, wanted, this.said());
  }

  collected(by: string, of: string, what = "backend"): string | undefined {
    return contentOf(join(this.directory, `of-${by}`, `${what}-${of}`));
  }

  said = () => [...this.#agents].map(([host, { stderr }]) => `${host}:\n${stderr}`).join("\n");

  async etcdctl(...words: string[]): Promise<string> {
    const args = ["--endpoints", this.urls[0]!, ...words];
    const done = await new Deno.Command(`${etcdPrograms()}/etcdctl`, { args }).output();
    return new TextDecoder().decode(done.stdout);
  }

  async orderIsSettled(): Promise<void> {
    const isGone = async () => await this.etcdctl("get", "--prefix", "/_mgmt/forgotten/") === "";
    assert(await isSoon(isGone, 60_000), "the order to forget still stands");
  }

  /** etcd takes nobody in within five seconds of a change. */
  async addByHand(): Promise<void> {
    const add = ["member", "add", "x", "--peer-urls", "http://127.0.0.1:9"];
    const isAdded = async () => (await this.etcdctl(...add)).includes("added to cluster");
    assert(await isSoon(isAdded, 60_000), "etcd takes nobody in");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.interrupt()));
  }
}

Deno.test("forget: a dead host's exports and its member go, and it is welcome again; not while it is there", async () => {
  await inDirectory(async (directory) => {
    await using three = new Three(directory);
    for (const host of ["a", "b", "c"]) three.start(host);
    await three.become("a voter, b voter, c voter");
    await within(60_000, () => three.collected("b", "c") === "c is up", three.said);
    const early = await three.asks("forget", "c");
    assertEquals(early.code, 1, early.stderr);
    assertStringIncludes(early.stderr, "c is there: its agent has said so");
    const unknown = await three.asks("forget", "web7");
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, "nothing is written down of web7");

    // A voter that is added by hand is said on each screen, with what to type.
    await three.addByHand();
    const listed = await three.asks("members");
    const [, stray = ""] = /added by hand and never started: mgmt forget ([0-9a-f]+)/
      .exec(listed.stdout) ?? [];
    assertEquals(stray.length > 0, true, listed.stdout);
    const status = await three.asks("cluster", "status");
    assertStringIncludes(status.stdout, `has never started: ${stray} at http://127.0.0.1:9`);
    const removed = await three.asks("forget", stray);
    assertEquals([removed.code, await three.roles()], [0, "a voter, b voter, c voter"]);

    // Without a majority nothing can be forgotten, and no order stands.
    for (const host of ["b", "c"]) await three.stop(host);
    const alone = await three.asks("forget", "c", "--wait", "1");
    assertEquals(alone.code, 1, alone.stderr);
    assertStringIncludes(alone.stderr, "a majority not");
    three.start("b");
    await three.become("a voter, b voter, c voter silent");
    await within(60_000, () => three.collected("b", "c", "live") === undefined, three.said);
    assertEquals(three.collected("b", "c"), "c is up", "stopping is not leaving");
    assertEquals(three.collected("b", "a", "live"), "a is up");

    // Two people at once: whoever is first is told what went.
    const both = await Promise.all([three.asks("forget", "c"), three.asks("forget", "c")]);
    const said = both.map(({ stdout, stderr }) => stdout + stderr).join();
    assert(both.some(({ code }) => code === 0), said);
    assertMatch(said, /c is forgotten: gone are 2 exports and its place among the members/);
    await within(60_000, () => three.collected("b", "c") === undefined, three.said);
    assert(!(await three.roles()).includes("c "), await three.roles());
    await three.orderIsSettled();
    const again = await three.asks("forget", "c");
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "it was forgotten, has left, or never was here");

    three.start("c");
    const isBack = (what: string) => three.collected("b", "c", what) === "c is up";
    await within(60_000, () => ["backend", "live"].every(isBack), three.said);
  });
});
