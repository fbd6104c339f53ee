/** What a reader of events is told of words that mean nothing. */

import { assertEquals } from "@std/assert";
import { unknownKind, wantedResources } from "../../../../src/app/status/wanted_resources.ts";
import { controlSocketPath } from "../../../../src/app/control/socket_places.ts";
import { createLocalClock } from "../../../../src/os/local_clock.ts";
import { inDirectory } from "../../../support/program.ts";

Deno.test("events: words are what the agent says that they mean, and what its graph has not is told", () =>
  inDirectory(async (prefix) => {
    const error = { code: "unknown-resource", message: "there is no b", hint: "did you mean a?" };
    const answers: Record<string, readonly [number, object]> = {
      "%2Fetc%2Fmotd": [200, { key: "file[motd]" }],
      "b": [404, { error }],
      "c": [409, { error: { code: "which", message: "which c?" } }],
      "d": [200, { key: 5 }],
    };
    const socket = Deno.listen({ transport: "unix", path: controlSocketPath(prefix) });
    const answering = (async () => {
      for await (const connection of socket) {
        const buffer = new Uint8Array(4096);
        const text = new TextDecoder().decode(
          buffer.subarray(0, await connection.read(buffer) ?? 0),
        );
        const [status, object] = answers[/\/v1\/resources\/(\S*)/.exec(text)?.[1] ?? ""]!;
        const answer = `HTTP/1.1 ${status} Some\r\n\r\n${JSON.stringify(object)}\n`;
        await connection.write(new TextEncoder().encode(answer));
        connection.close();
      }
    })();
    const flags = new Map([["prefix", prefix]]);
    const words = ["/etc/motd", "b", "c", "d"];
    const { keys, unknown } = await wantedResources({ flags }, words, createLocalClock());
    socket.close();
    await answering;
    assertEquals([...keys], ["file[motd]"]);
    assertEquals(unknown.map(({ message, hint }) => [message, hint]), [[
      error.message,
      error.hint,
    ]]);
  }));

Deno.test("events: a kind that the graph has not is told with those that it has, once there is a graph", () => {
  const graph = { name: "g", vertices: 1, edges: 0, sinceMs: 0 };
  const kinds = { file: {}, svc: {} } as never;
  assertEquals(unknownKind("svcs", { graph, kinds })?.hint, "it has file, svc");
  for (const kind of [undefined, "svc"]) {
    assertEquals(unknownKind(kind, { graph, kinds }), undefined);
  }
  assertEquals(unknownKind("svcs", { graph: undefined, kinds }), undefined);
});
