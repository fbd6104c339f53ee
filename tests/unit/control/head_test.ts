/** HEAD at the sockets: what may be asked so, and what whoever asks otherwise hears. */

import { assertEquals } from "@std/assert";
import type { ControlledAgent } from "../../../src/control/agent.ts";
import type { Askers } from "../../../src/control/route.ts";
import { controlOf } from "../../../src/control/server.ts";

/** Nobody is asked anything: what is refused is refused before. */
const NOBODY = {} as ControlledAgent;

async function refused(askers: Askers, method: string, path: string) {
  const { signal } = new AbortController();
  const { status, allow } = await controlOf(NOBODY, askers).answer({
    ...{ method, path, body: "", signal },
  });
  return [status, allow?.join(", ")];
}

Deno.test("control: HEAD is refused where an answer has no end, and where only an order is taken", async () => {
  assertEquals(await refused("owner", "HEAD", "/v1/events"), [405, "GET"]);
  assertEquals(await refused("readers", "HEAD", "/v1/events"), [405, "GET"]);
  assertEquals(await refused("owner", "HEAD", "/v1/stop"), [405, "POST"]);
  assertEquals(await refused("owner", "DELETE", "/v1/status"), [405, "GET, HEAD"]);
  assertEquals(await refused("owner", "PUT", "/v1/resources/a"), [405, "GET, HEAD"]);
});

Deno.test("control: only what is refused for its method says which are taken", async () => {
  assertEquals(await refused("readers", "POST", "/v1/stop"), [403, undefined]);
  assertEquals(await refused("owner", "HEAD", "/v1/nothing"), [404, undefined]);
});
