/** Files over https, from a server of the test's own authority. */

import { makeCertificates } from "./servers.ts";

/** What a server does besides handing out files. */
export interface HttpsOptions {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Path → where it leads. */
  readonly leads?: Readonly<Record<string, string>>;
  /** Says nothing more after so many bytes. */
  silentAfter?: number;
  /** Sends all where only the rest is asked for. */
  readonly ignoresRange?: boolean;
  /** Does not say how much it sends. */
  readonly hidesSize?: boolean;
  /** Whom it lets in. */
  readonly authorization?: string;
  readonly port?: number;
}

/** What was asked for. */
export interface Asked {
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
}

/** A running server. */
export interface HttpsFiles extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The certificate of its authority. */
  readonly ca: string;
  readonly asked: Asked[];
  readonly options: HttpsOptions;
}

/** Made once: a key takes longer than most tests. */
let made: Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> | undefined;

/** An authority's certificate, and certificate and key of localhost. */
export function testCertificates() {
  return made ??= certificates();
}

async function certificates() {
  const directory = Deno.makeTempDirSync({ prefix: "mgmt-test-ca-" });
  try {
    const read = await makeCertificates(directory);
    return { ca: read("ca.pem"), cert: read("good.pem"), key: read("good.key") };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Starts a server at https://localhost:PORT. */
export async function serveHttps(options: HttpsOptions): Promise<HttpsFiles> {
  const { ca, cert, key } = await testCertificates();
  const asked: Asked[] = [];
  const ending = new AbortController();
  const server = Deno.serve(
    {
      port: options.port ?? 0,
      hostname: "127.0.0.1",
      cert,
      key,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    },
    (request) => answer(request, options, asked, ending.signal),
  );
  const { port } = server.addr as Deno.NetAddr;
  return {
    url: `https://localhost:${port}`,
    port,
    ca,
    asked,
    options,
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await server.shutdown();
    },
  };
}

function answer(
  request: Request,
  options: HttpsOptions,
  asked: Asked[],
  ending: AbortSignal,
): Response {
  const { pathname: path } = new URL(request.url);
  const range = request.headers.get("range");
  const authorization = request.headers.get("authorization");
  asked.push({ path, range, authorization });
  const location = options.leads?.[path];
  if (location !== undefined) return new Response(null, { status: 302, headers: { location } });
  if (options.authorization !== undefined && authorization !== options.authorization) {
    return new Response("who are you?", { status: 401 });
  }
  const file = options.files[path];
  if (file === undefined) return new Response("not here", { status: 404 });
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  const from = options.ignoresRange ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  if (from > 0 && from >= bytes.length) {
    return new Response(null, {
      status: 416,
      headers: { "content-range": `bytes */${bytes.length}` },
    });
  }
  const rest = bytes.subarray(from);
  return new Response(bodyOf(rest, options, ending), {
    status: from > 0 ? 206 : 200,
    headers: {
      ...(options.hidesSize ? {} : { "content-length": `${rest.length}` }),
      ...(from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    },
  });
}

/** In pieces, and only as far as it goes. */
function bodyOf(
  bytes: Uint8Array,
  { silentAfter }: HttpsOptions,
  ending: AbortSignal,
): ReadableStream<Uint8Array> {
  const end = Math.min(bytes.length, silentAfter ?? Infinity);
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at < end) {
        controller.enqueue(bytes.slice(at, at = Math.min(end, at + 64 * 1024)));
        return;
      }
      if (end < bytes.length) {
        await new Promise((resolve) => ending.addEventListener("abort", resolve, { once: true }));
      }
      controller.close();
    },
  });
}
