/** The address that monitoring has: what is asked there, and what becomes of one that is not to be had. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MonitoringDoor } from "../../../src/app/control/monitoring_door.ts";
import type { MonitoredAgent } from "../../../src/control/agent.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { RunTotals } from "../../../src/report/metrics/totals.ts";
import { RunState } from "../../../src/report/state.ts";
import { freePort } from "../../support/free_port.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { monitored } from "../../support/monitored.ts";

const MINUTE_MS = 60_000;

/** A door to an agent whose state the test tells. */
class Monitoring {
  readonly state = new RunState(() => 0);
  readonly totals = new RunTotals(() => false);
  readonly clock = new ManualClock();
  readonly said: ReportEvent[] = [];
  readonly port = freePort();
  readonly place = `127.0.0.1:${this.port}`;
  stuck: string | undefined;
  answers = 0;

  readonly door = new MonitoringDoor({
    address: { scheme: "http", host: "127.0.0.1", port: this.port },
    agent: this.#agent(),
    clock: this.clock,
    answered: () => void this.answers++,
    reporter: { event: (event) => void this.said.push(event) },
  });

  #agent(): MonitoredAgent {
    const { snapshot } = this.state;
    const figures = { holds: 0, exchange: { exported: 0, collected: 0 }, nowMs: 0 };
    return {
      snapshot,
      stuck: () => this.stuck,
      metrics: () => Promise.resolve({ snapshot, totals: this.totals, ...figures }),
    };
  }

  graph(...keys: readonly string[]): void {
    const counts = { automatic: 0, added: 0, changed: 0, removed: 0, kept: 0, seed: 1 };
    const graph = { type: "graph", name: "g", vertices: keys.length, edges: 0 } as const;
    this.state.event({ ...graph, ...counts, keys: () => keys });
  }

  /** All that comes, byte by byte: of HEAD `fetch` shows no body, whatever is sent. */
  async hears(method: string, path: string): Promise<{ head: string; body: string }> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    await connection.write(
      new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\nhost: x\r\n\r\n`),
    );
    const all = await new Response(connection.readable).text();
    const [head = "", ...body] = all.split("\r\n\r\n");
    return { head, body: body.join("\r\n\r\n") };
  }

  async asks(path: string): Promise<readonly [number, string]> {
    const { status, text } = await monitored(this.place, path);
    return [status, text.trim()];
  }
}

Deno.test("monitoring: an address that is taken is said once, and listened at when it is free", async () => {
  const monitoring = new Monitoring();
  const { door, clock, said, port } = monitoring;
  const other = Deno.listen({ hostname: "127.0.0.1", port });
  door.open();
  await clock.pass(3 * MINUTE_MS);
  const [event, ...more] = said;
  assert(event?.type === "warning" && more.length === 0);
  assertStringIncludes(event.text, `ss -ltnp 'sport = :${port}'`);
  assertStringIncludes(event.text, `--metrics 127.0.0.1:${port + 1}`);
  other.close();
  await clock.pass(MINUTE_MS);
  assertEquals((await monitoring.asks("/healthz"))[0], 200);
  assertEquals(said.at(-1)?.type, "notice");
  await door.close();
  assertEquals((await monitoring.asks("/healthz"))[0], 0);
  assertEquals(clock.armed, 0);
});

Deno.test("monitoring: an agent that ends while it waits for its address waits no longer", async () => {
  const { door, clock, port } = new Monitoring();
  const other = Deno.listen({ hostname: "127.0.0.1", port });
  door.open();
  await door.close();
  assertEquals(clock.armed, 0);
  other.close();
});

Deno.test("monitoring: ready is who has looked at all of the graph that is written, well who goes on", async () => {
  const monitoring = new Monitoring();
  const { door, state } = monitoring;
  const ready = () => monitoring.asks("/readyz");
  door.open();
  try {
    assertStringIncludes((await ready()).join(), '503,{"error":{"code":"not-ready"');
    monitoring.graph("file[a]", "file[b]");
    state.event({ type: "ok", key: "file[a]" });
    assertStringIncludes((await ready())[1], "of 1 resource of the graph no look has ended yet");
    state.event({ type: "ok", key: "file[b]" });
    assertEquals(await ready(), [200, '{"ready":true}']);
    const mistakes = { text: "", warnings: 0, keepsOld: true };
    state.event({ type: "diagnostics", errors: 1, ...mistakes });
    assertStringIncludes((await ready())[1], "mistakes");
    state.event({ type: "good-again", file: "g.yaml" });
    assertEquals((await ready())[0], 200);
    state.event({ type: "last-good", file: "g.yaml", readAt: "2026-01-01T00:00:00Z" });
    assertEquals((await ready())[0], 503);
    assertEquals((await monitoring.asks("/healthz"))[0], 200);
    monitoring.stuck = "file[a] should have ended 31 min ago";
    const [status, text] = await monitoring.asks("/healthz");
    assertEquals(status, 503);
    assertStringIncludes(text, "should have ended");
    assertEquals(monitoring.answers, 8);
  } finally {
    await door.close();
  }
});

Deno.test("monitoring: HEAD is answered as GET, without a body; other methods hear which are taken", async () => {
  const monitoring = new Monitoring();
  const { door } = monitoring;
  const statusOf = (head: string) => head.split("\r\n")[0];
  door.open();
  try {
    for (const path of ["/metrics", "/healthz", "/readyz", "/nothing"]) {
      const [whole, bare] = [
        await monitoring.hears("GET", path),
        await monitoring.hears("HEAD", path),
      ];
      assertEquals(statusOf(bare.head), statusOf(whole.head), path);
      assertStringIncludes(bare.head, "content-length: ");
      assert(whole.body !== "" && bare.body === "", path);
    }
    const { head, body } = await monitoring.hears("POST", "/metrics");
    assertStringIncludes(head, "405");
    assertStringIncludes(head, "\r\nallow: GET, HEAD\r\n");
    assertStringIncludes(body, "wrong-method");
  } finally {
    await door.close();
  }
});
