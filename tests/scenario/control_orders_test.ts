/** Orders about a host's part in its cluster, given at its agent's control socket. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { control, controlLines } from "../support/control.ts";
import { freeUrl } from "../support/etcd.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, inDirectory, Program } from "../support/program.ts";

/** An agent that finds its cluster, or founds one; with `seeds` it waits for those. */
class Host {
  readonly prefix: string;
  readonly #args: readonly string[];

  constructor(directory: string) {
    this.prefix = join(directory, "prefix");
    const graph = join(directory, "g.yaml");
    Deno.writeTextFileSync(graph, "graph: g\n");
    const urls = ["--client-urls", freeUrl(), "--server-urls", freeUrl()];
    this.#args = ["run", graph, "--prefix", this.prefix, "--hostname", "h1", ...urls];
  }

  start(...more: string[]): Program {
    return new Program([...this.#args, ...more]);
  }

  async listens(): Promise<void> {
    const isHealthy = async () => (await control(this.prefix, "GET", "/healthz")).status === 200;
    assert(await eventually(isHealthy), "nobody answers at the control socket");
  }
}

Deno.test("an order that an agent took is obeyed after it was killed, and whoever waits hears it from the next", async () => {
  await inDirectory(async (directory) => {
    const host = new Host(directory);
    const killed = host.start("--seeds", freeUrl());
    await host.listens();
    const waiting = new Program(["volunteer", "off", "--prefix", host.prefix]);
    const order = join(host.prefix, "cluster/state/order.json");
    assert(await eventually(() => contentOf(order)?.includes('"volunteer":false') === true));
    await waiting.ended();
    const back = new Program(["volunteer", "on", "--prefix", host.prefix]);
    await back.says("h1 would run etcd; there is no cluster yet");
    killed.signal("SIGKILL");
    await killed.ended();
    const next = host.start();
    try {
      const { code, stdout, stderr } = await back.ended();
      assertEquals([code, stdout], [0, "h1 runs etcd\n"], stderr);
    } finally {
      await next.interrupt();
    }
  });
});

Deno.test("what is told of an order ends with the agent; what is no order is refused with its code", async () => {
  await inDirectory(async (directory) => {
    const host = new Host(directory);
    const agent = host.start("--seeds", freeUrl());
    await host.listens();
    const codeOf = async (path: string, body: string) =>
      (await control(host.prefix, "POST", path, body)).said.error.code;
    assertEquals(await codeOf("/v1/volunteer", "{}"), "bad-request");
    assertEquals(await codeOf("/v1/leave", '{"id": "x"}'), "bad-request");
    assertEquals(await codeOf("/v1/leave", '{"join": {"urls": "here"}}'), "bad-request");
    assertEquals(await codeOf("/v1/leave", '{"lost": "yes"}'), "bad-request");
    const told = controlLines(host.prefix, "/v1/volunteer", '{"on": true}');
    const first = await told.next();
    assertStringIncludes(first.value?.text ?? "", "would run etcd");
    assertEquals(first.value?.state, "working");
    assertEquals((await control(host.prefix, "POST", "/v1/stop")).status, 200);
    for await (const line of told) assertEquals(line.state, "working");
    assertEquals((await agent.ended()).code, 143);
  });
});
