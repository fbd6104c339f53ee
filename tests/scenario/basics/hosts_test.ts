/**
 * Two hosts, then three, then as many members as somebody says; stopped in the order in which they were
 * started and in the other, and started again.
 */

import { assertEquals, fail } from "@std/assert";
import { join } from "node:path";
import { freeUrl } from "../../support/etcd.ts";
import { contentOf, inDirectory, mgmt, Program, within } from "../../support/program.ts";
import { isSoon } from "../../support/polling.ts";

const HOSTS = ["h1", "h2", "h3"] as const;
type Host = typeof HOSTS[number];

/** Hosts on this machine; each exports a text, and collects those of all. */
class Hosts {
  readonly #directory: string;
  readonly #agents = new Map<Host, Program>();
  readonly #urls = new Map<Host, readonly [string, string]>(
    HOSTS.map((host) => [host, [freeUrl(), freeUrl()]]),
  );

  constructor(directory: string) {
    this.#directory = directory;
    for (const host of HOSTS) Deno.mkdirSync(join(directory, `files-${host}`));
  }

  /** What its agents have said since they were started last. */
  readonly said = () =>
    [...this.#agents].map(([host, { stderr }]) => `--- ${host}\n${stderr}`).join("\n");

  start(host: Host): void {
    const [client, server] = this.#urls.get(host)!;
    const seeds = host === "h1" ? [] : ["--seeds", this.#urls.get("h1")![0]];
    const program = new Program([
      ...["run", this.#graph(host), "--hostname", host, "--prefix", this.#prefix(host)],
      ...["--client-urls", client, "--server-urls", server, "--cluster-wait", "1", ...seeds],
    ]);
    this.#agents.set(host, program);
  }

  /** Ends it as ^C does, while the others go on; it has to end by itself. */
  async stop(...hosts: Host[]): Promise<void> {
    for (const host of hosts) {
      const agent = this.#agents.get(host)!;
      const ended = agent.interrupt();
      let code: number | undefined;
      void ended.then((end) => code = end.code);
      await within(60_000, () => code !== undefined, () => `${host} does not end\n${this.said()}`);
      assertEquals(code, 130, this.said());
      this.#agents.delete(host);
    }
  }

  /** A new text of each of them comes to each of them. */
  async exchange(text: string, ...hosts: Host[]): Promise<void> {
    for (const host of hosts) this.#export(host, text);
    const has = (host: Host, from: Host) =>
      contentOf(join(this.#directory, `files-${host}`, from)) === `${text} of ${from}`;
    const isDone = () => hosts.every((host) => hosts.every((from) => has(host, from)));
    await within(60_000, isDone, () => `${text} is not everywhere\n${this.said()}`);
  }

  /** What it collected stays as it was, also without the others. */
  async heals(host: Host, from: Host): Promise<void> {
    const path = join(this.#directory, `files-${host}`, from);
    const before = contentOf(path);
    Deno.removeSync(path);
    await within(60_000, () => contentOf(path) === before, this.said);
  }

  /** Waits until so many of them are members, all with a vote: as each etcd that runs says. */
  async voters(wanted: number): Promise<void> {
    let last = "";
    const areSo = async () => {
      const lists = await Promise.all(HOSTS.map((host) => membersAt(this.#urls.get(host)![1])));
      const running = lists.filter((list) => list.length > 0);
      last = JSON.stringify(lists);
      return running.length === wanted &&
        running.every((list) =>
          list.length === wanted && list.every(({ isLearner }) => isLearner !== true)
        );
    };
    if (!await isSoon(areSo, 90_000)) fail(`not ${wanted} voters: ${last}\n${this.said()}`);
  }

  async size(wanted: number): Promise<void> {
    const { code, stderr } = await mgmt(
      ["cluster", "size", `${wanted}`, "--prefix", this.#prefix("h1")],
    );
    assertEquals(code, 0, stderr);
  }

  /** The clusters that the hosts are in, as they know it when they are stopped. */
  get clusters(): string[] {
    const ids = HOSTS.map((host) =>
      contentOf(join(this.#prefix(host), "cluster/state/identity.json"))
    );
    return [...new Set(ids.flatMap((id) => id === undefined ? [] : [JSON.parse(id).clusterId]))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.interrupt()));
  }

  #prefix(host: Host): string {
    return join(this.#directory, host);
  }

  #graph(host: Host): string {
    const path = join(this.#directory, `${host}.yaml`);
    if (contentOf(path) === undefined) this.#export(host, "first");
    return path;
  }

  #export(host: Host, text: string): void {
    const path = join(this.#directory, `${host}.yaml`);
    const files = join(this.#directory, `files-${host}`);
    Deno.writeTextFileSync(
      `${path}~`,
      `graph: g\nresources:\n  file:\n` +
        `  - {name: "@@${host}", path: ${files}/${host}, content: "${text} of ${host}"}\n` +
        `collect: [{kind: file, pattern: ${files}/}]\n`,
    );
    Deno.renameSync(`${path}~`, path);
  }
}

interface Listed {
  readonly isLearner?: boolean;
}

/** The members as the etcd there lists them; none where none runs. */
async function membersAt(url: string): Promise<Listed[]> {
  try {
    return await (await fetch(`${url}/members`)).json();
  } catch {
    return [];
  }
}

Deno.test("two hosts, three hosts, cluster size: stopped in both orders they keep cluster and data", async (t) => {
  const step = async (name: string, run: () => Promise<void>) => {
    if (!await t.step(name, run)) fail(`what follows needs it: ${name}`);
  };
  await inDirectory(async (directory) => {
    await using hosts = new Hosts(directory);

    await step("two hosts: the second goes on while the first is stopped", async () => {
      hosts.start("h1");
      hosts.start("h2");
      await hosts.exchange("two", "h1", "h2");
      await hosts.stop("h1");
      await hosts.heals("h2", "h1");
      await hosts.stop("h2");
    });
    const cluster = hosts.clusters;
    assertEquals(cluster.length, 1);

    await step("two hosts that start in the other order are the same cluster", async () => {
      hosts.start("h2");
      await hosts.heals("h2", "h1");
      hosts.start("h1");
      await hosts.exchange("two again", "h1", "h2");
    });

    await step("three hosts exchange, and all of them vote", async () => {
      hosts.start("h3");
      await hosts.exchange("three", ...HOSTS);
      await hosts.voters(3);
    });

    await step(
      "stopped in reverse, the last has no majority, ends, and keeps the data",
      async () => {
        await hosts.stop("h3", "h2");
        await hosts.heals("h1", "h3");
        await hosts.stop("h1");
        for (const host of HOSTS.toReversed()) hosts.start(host);
        await hosts.exchange("reverse", ...HOSTS);
      },
    );

    await step("cluster size: one of three is enough, and they exchange as before", async () => {
      await hosts.size(1);
      await hosts.voters(1);
      await hosts.exchange("one votes", ...HOSTS);
    });

    await step(
      "stopped in the order in which they came, they are of one cluster to the end",
      async () => {
        await hosts.stop(...HOSTS);
        assertEquals(hosts.clusters, cluster);
      },
    );
  });
});
