/** Asks a running agent over its control socket, as any program could. */

import { join } from "node:path";

/** The socket of the agent's owner. */
const CONTROL = "control.sock";
/** That of who may only read. */
export const READ = "read.sock";

/** The whole answer. */
export interface ControlAnswer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly said: any;
}

/** The socket below a prefix, also where a link leads to it; undefined: nobody listens there. */
async function connect(
  prefix: string,
  socket = CONTROL,
): Promise<Deno.UnixConn | undefined> {
  const name = join(prefix, socket);
  try {
    const { isSymlink } = Deno.lstatSync(name);
    const path = isSymlink ? Deno.readLinkSync(name) : name;
    return await Deno.connect({ transport: "unix", path });
  } catch {
    return undefined;
  }
}

/** Sends a text, and reads one answer that is whole. */
export async function controlSays(
  prefix: string,
  text: string,
  socket = CONTROL,
): Promise<string> {
  const connection = await connect(prefix, socket);
  if (connection === undefined) return "";
  void connection.write(new TextEncoder().encode(text)).catch(() => {});
  try {
    const buffer = new Uint8Array(64 * 1024);
    let answer = "";
    while (!isWhole(answer)) {
      const count = await connection.read(buffer);
      if (count === null) break;
      answer += new TextDecoder().decode(buffer.subarray(0, count));
    }
    return answer;
  } finally {
    connection.close();
  }
}

function isWhole(answer: string): boolean {
  const [head = "", body] = answer.split("\r\n\r\n");
  const length = Number(/^content-length: (\d+)/m.exec(head)?.[1] ?? NaN);
  return body !== undefined && new TextEncoder().encode(body).length >= length;
}

/** Asks; status 0: nobody listens. */
export async function control(
  prefix: string,
  method: string,
  path: string,
  body = "",
  socket = CONTROL,
): Promise<ControlAnswer> {
  const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`;
  const answer = await controlSays(prefix, head + body, socket);
  const [, status, json] = /^HTTP\/1\.1 (\d+)[^]*?\r\n\r\n([^]*)$/.exec(answer) ?? [];
  return { status: Number(status ?? 0), said: JSON.parse(json ?? "null") };
}

/** Whether an agent answers there that has converged: one that takes long answers before that, too. */
export async function hasConverged(prefix: string): Promise<boolean> {
  return (await control(prefix, "GET", "/v1/status")).said?.standing === "converged";
}

/** What an order's answer tells, line by line, until the agent ends it. */
export async function* controlLines(
  prefix: string,
  path: string,
  body: string,
  { method = "POST", socket = CONTROL }: { readonly method?: string; readonly socket?: string } =
    {},
  // deno-lint-ignore no-explicit-any
): AsyncGenerator<any> {
  const connection = await connect(prefix, socket);
  if (connection === undefined) return;
  const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head + body));
  let text = "";
  let isHead = true;
  for await (const piece of connection.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      if (isHead) isHead = line.trim() !== "";
      else yield JSON.parse(line);
    }
  }
}
