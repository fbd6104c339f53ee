/** Somebody at the socket of an agent who answers what no agent does. */

import { controlSocketPath } from "../../src/app/control/socket_places.ts";

/** Answers every question with that object, until it is disposed of. */
export function answering(prefix: string, said: object): AsyncDisposable {
  const socket = Deno.listen({ transport: "unix", path: controlSocketPath(prefix) });
  const all = (async () => {
    for await (const connection of socket) {
      await connection.read(new Uint8Array(4096));
      const body = `${JSON.stringify(said)}\n`;
      await connection.write(new TextEncoder().encode(`HTTP/1.1 200 OK\r\n\r\n${body}`));
      connection.close();
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await all;
    },
  };
}

const ODD = [null, 5, "x", "constructor", true, [], {}, [null], [{}], { key: 5 }, 1e300];

/** The object with each of its values, and those within, in turn another one. */
export function* spoilt(
  whole: Readonly<Record<string, unknown>>,
): Iterable<Readonly<Record<string, unknown>>> {
  for (const [name, part] of Object.entries(whole)) {
    for (const odd of spoiltValues(part)) yield { ...whole, [name]: odd };
  }
}

function* spoiltValues(value: unknown): Iterable<unknown> {
  yield* ODD;
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    for (const odd of spoiltValues(part)) {
      yield Array.isArray(value) ? [odd] : { ...value, [name]: odd };
    }
  }
}
