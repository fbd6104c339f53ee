/**
 * Knocks at a port, as strangers may: `knocker.ts PORT COUNT AT_ONCE KIND…`. Each connection says something of one
 * of these kinds and is kept open until the other side ends it, or the next of so many at once needs its place.
 * `hold` as AT_ONCE keeps all until the input ends. Prints a line when all have been made.
 *
 * @module
 */

const KINDS: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
  nothing: () => new Uint8Array(),
  garbage: () => crypto.getRandomValues(new Uint8Array(512)),
  // The head of a handshake that is to be 512 bytes long, and a tenth of it.
  half: () => new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, ...new Array(40).fill(7)]),
  http: () => new TextEncoder().encode("GET /version HTTP/1.1\r\nHost: x\r\n\r\n"),
};

const [port, count, atOnce, ...kinds] = Deno.args;
const places = atOnce === "hold" ? Number(count) : Number(atOnce);
const open: Deno.Conn[] = [];
let refused = 0;

async function knock(kind: string): Promise<void> {
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    open.push(connection);
    await connection.write(KINDS[kind]!());
  } catch {
    refused++;
  }
  while (open.length > places) close(open.shift());
}

function close(connection: Deno.Conn | undefined): void {
  try {
    connection?.close();
  } catch {
    // The other side was faster.
  }
}

for (let done = 0; done < Number(count);) {
  const batch = Math.min(50, Number(count) - done);
  await Promise.all(
    Array.from({ length: batch }, (_, index) => knock(kinds[(done + index) % kinds.length]!)),
  );
  done += batch;
}
console.log(`knocked ${count}, refused ${refused}`);
if (atOnce === "hold") await Deno.stdin.read(new Uint8Array(1));
for (const connection of open) close(connection);
