/**
 * A message bus that lets one client in and sends it what a test says, byte by byte.
 *
 * @module
 */

const TEXT = new TextEncoder();
const TYPES: Record<string, number> = { answer: 2, signal: 4 };

/** A field of a message's head: its code, its type and its value. */
type Field = readonly [code: number, type: "s" | "o" | "g" | "u", value: string | number];

/** A message in D-Bus's own format, whose body is one text; or only says that it is so long. */
export function message(
  type: "answer" | "signal",
  fields: readonly Field[],
  text: string | number,
): Uint8Array {
  const body = typeof text === "number"
    ? new Uint8Array(0)
    : Uint8Array.from([...number(text.length), ...TEXT.encode(text), 0]);
  const bodyBytes = typeof text === "number" ? text : body.length;
  const head: number[] = [];
  for (const [code, kind, value] of [...fields, [8, "g", "s"] as const]) {
    pad(head, 8);
    head.push(code, 1, kind.charCodeAt(0), 0);
    if (kind === "g") head.push(String(value).length);
    else head.push(...number(kind === "u" ? Number(value) : String(value).length));
    if (kind !== "u") head.push(...TEXT.encode(String(value)), 0);
  }
  const start = ["l".charCodeAt(0), TYPES[type] ?? 0, 1, 1, ...number(bodyBytes), ...number(7)];
  const bytes = [...start, ...number(head.length), ...head];
  pad(bytes, 8);
  const whole = new Uint8Array(bytes.length + body.length);
  whole.set(bytes);
  whole.set(body, bytes.length);
  return whole;
}

/** A signal of a service with this sender. */
export function signal(member: string, text: string): Uint8Array {
  return message(
    "signal",
    [[1, "o", "/x"], [2, "s", "a.b"], [3, "s", member], [7, "s", ":1.9"]],
    text,
  );
}

/** The answer to the first call of a client, which is its greeting. */
export function greeting(): Uint8Array {
  return message("answer", [[5, "u", 1], [7, "s", "org.freedesktop.DBus"]], ":1.5");
}

function number(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];
}

function pad(bytes: number[], size: number): void {
  while (bytes.length % size !== 0) bytes.push(0);
}

/** The method that a client calls when it is ready to hear. */
export const FIRST_CALL = "GetReady";

/** Lets one client in and sends it these messages when it is ready. */
export async function serveBus(path: string, messages: readonly Uint8Array[]): Promise<void> {
  using listener = Deno.listen({ transport: "unix", path });
  using client = await listener.accept();
  const buffer = new Uint8Array(4096);
  const hear = async () =>
    new TextDecoder().decode(buffer.subarray(0, await client.read(buffer) ?? 0));
  const say = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await client.write(bytes.subarray(at));
  };
  let heard = "";
  while (!heard.includes("AUTH")) heard += await hear();
  await say(TEXT.encode("OK 0123456789abcdef0123456789abcdef\r\n"));
  while (!heard.includes("Hello")) heard += await hear();
  await say(greeting());
  while (!heard.includes(FIRST_CALL)) heard += await hear();
  // The client may have had enough.
  for (const each of messages) await say(each).catch(() => {});
  // Until the client has gone.
  while (await client.read(buffer).catch(() => null) !== null);
}
