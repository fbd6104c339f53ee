// both runtimes: it calls the C library

import { assert, assertEquals, assertMatch } from "@std/assert";
import { endConnections } from "../../../src/os/native/end_connections.ts";

/** A program that connects there, says something, and then waits for the end of the connection. */
const CLIENT = (port: number) =>
  `exec 3<>/dev/tcp/127.0.0.1/${port} && echo hello >&3 && cat <&3; echo ended`;

// What reads links keeps the C library.
const KEEPS = { sanitizeResources: false };

Deno.test(
  "connections of other programs to a server end, where the kernel lets this user; one's own and others' stay",
  KEEPS,
  async () => {
    using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const client = (port: number) =>
      new Deno.Command("bash", { args: ["-c", CLIENT(port)], stdout: "piped", stderr: "null" })
        .spawn();
    const [theirs, elsewhere] = [client(server.addr.port), client(other.addr.port)];
    const first = await server.accept();
    const stays = await other.accept();
    const own = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    const second = await server.accept();
    const buffer = new Uint8Array(100);
    await first.read(buffer);
    const { hostname } = server.addr;
    const ended = endConnections([{ scheme: "https", host: hostname, port: server.addr.port }]);
    if (ended.ok) {
      assertEquals(ended.value, 1);
      const { stdout } = await theirs.output();
      assertMatch(new TextDecoder().decode(stdout), /ended/);
    } else {
      assertMatch(ended.failure.message, /this user may not|this kernel ends no/);
      assert(Deno.uid() !== 0 || !isAdministrator(), ended.failure.message);
    }
    for (const connection of [stays, second]) {
      assertEquals(await connection.write(new Uint8Array([1])), 1);
    }
    assertEquals(await own.read(buffer), 1);
    for (const connection of [first, second, stays, own]) connection.close();
    await elsewhere.output();
    if (!ended.ok) await theirs.output();
  },
);

/** Whether this process may administer the network (CAP_NET_ADMIN). */
function isAdministrator(): boolean {
  const found = /^CapEff:\s+([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
  return (BigInt(`0x${found ?? "0"}`) >> 12n & 1n) === 1n;
}

Deno.test("nobody connected: nothing is ended", () => {
  const ended = endConnections([{ scheme: "https", host: "127.0.0.1", port: 1 }]);
  assertEquals(ended.ok && ended.value, 0);
});
