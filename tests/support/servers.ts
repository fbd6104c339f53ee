/** Servers for tests of what connects to them. */

import { shell } from "./program.ts";

/** A server on a port of its own; disposing it ends it and its connections. */
export interface TestServer extends Disposable {
  readonly port: number;
  /** What came in, a text for each connection. */
  readonly heard: string[];
}

/** How it treats each connection, after the first bytes have come in. */
export interface ServerOptions {
  /** What it says; then it ends the connection, unless it `stays`. */
  readonly says?: string;
  /** Says it at once, without waiting to hear anything. */
  readonly first?: boolean;
  readonly stays?: boolean;
  /** Certificate and key, to speak TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly port?: number;
}

/** Starts a server that says the same to everybody. */
export function serve(options: ServerOptions): TestServer {
  const where = { hostname: "127.0.0.1", port: options.port ?? 0 };
  const listener = options.tls === undefined
    ? Deno.listen(where)
    : Deno.listenTls({ ...where, ...options.tls });
  const open = new Set<Deno.Conn>();
  const heard: string[] = [];
  const run = async () => {
    for await (const conn of listener) {
      open.add(conn);
      void answer(conn, options, heard).catch(() => {}).then(() => open.delete(conn));
    }
  };
  void run().catch(() => {});
  return {
    port: listener.addr.port,
    heard,
    [Symbol.dispose]: () => {
      closeQuietly(listener);
      for (const conn of open) closeQuietly(conn);
    },
  };
}

async function answer(conn: Deno.Conn, options: ServerOptions, heard: string[]): Promise<void> {
  const buffer = new Uint8Array(4096);
  try {
    if (options.first !== true) {
      const count = await conn.read(buffer);
      heard.push(new TextDecoder().decode(buffer.subarray(0, count ?? 0)));
    }
    let bytes = new TextEncoder().encode(options.says ?? "");
    while (bytes.length > 0) bytes = bytes.subarray(await conn.write(bytes));
    while (options.stays === true && await conn.read(buffer) !== null);
  } finally {
    closeQuietly(conn);
  }
}

function closeQuietly(what: { close(): void }): void {
  try {
    what.close();
  } catch {
    // It was closed before.
  }
}

/** An answer in HTTP with a body of known length. */
export function page(body: string, status = "200 OK", headers = ""): string {
  const length = new TextEncoder().encode(body).length;
  return `HTTP/1.1 ${status}\r\nContent-Length: ${length}\r\n${headers}\r\n${body}`;
}

/** Makes certificates in a directory: `ca`, and of it `good` (localhost), `other`; `self` is alone. */
export async function makeCertificates(directory: string): Promise<(name: string) => string> {
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  const of = (name: string, host: string) =>
    `openssl req ${key} -keyout ${name}.key -out ${name}.csr -subj /CN=${host} && ` +
    `printf 'subjectAltName=DNS:${host}\\n' >${name}.ext && ` +
    `openssl x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 10 ` +
    `-extfile ${name}.ext -out ${name}.pem`;
  const script = `exec 2>log; set -e
    openssl req -x509 ${key} -keyout ca.key -out ca.pem -days 10 -subj /CN=test
    ${of("good", "localhost")}
    ${of("other", "example.org")}
    openssl req -x509 ${key} -keyout self.key -out self.pem -days 10 -subj /CN=localhost`;
  await shell(script, directory);
  return (name) => Deno.readTextFileSync(`${directory}/${name}`);
}
