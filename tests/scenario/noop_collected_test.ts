/** A run with --noop while the cluster is away. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { inDirectory, mgmt } from "../support/program.ts";

Deno.test("--noop while the cluster is away goes by what was collected last, and leaves it as it is", () =>
  inDirectory(async (directory) => {
    const graph = `${directory}/graph.yaml`;
    const collect = `{kind: file, pattern: ${directory}/taken/}`;
    Deno.writeTextFileSync(graph, `graph: h1\ncollect:\n- ${collect}\n`);
    Deno.mkdirSync(`${directory}/taken`);
    const state = `${directory}/state/cluster/state`;
    Deno.mkdirSync(state, { recursive: true, mode: 0o700 });
    const fields = { path: "/tmp/motd", content: "hello\n" };
    const offers = [{ host: "h2", hostId: "2", kind: "file", name: "motd", fields }];
    const collected = JSON.stringify({
      ...{ atMs: 1, asOfMs: Date.now() - 5000, offers, withdrawn: [] },
      ledger: { cluster: "c", hosts: [] },
    });
    Deno.writeTextFileSync(`${state}/collected.json`, collected);
    const { code, stderr } = await mgmt([
      ...["run", graph, "--noop", "--hostname", "h1", "--prefix", `${directory}/state`],
      ...["--no-server", "--seeds", freeUrl(), "--cluster-wait", "1", "--converged-timeout", "0"],
    ]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "uses what was collected");
    assertStringIncludes(stderr, "File[h2/motd]");
    assertEquals([...Deno.readDirSync(`${directory}/taken`)], []);
    assertEquals(Deno.readTextFileSync(`${state}/collected.json`), collected);
  }));
