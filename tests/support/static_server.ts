import { join, normalize } from "node:path";

/** Serves the files of a directory to this host, until it is closed. */
export function serveDirectory(directory: string): { port: number; close(): Promise<void> } {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const path = normalize(decodeURIComponent(new URL(request.url).pathname));
      try {
        return new Response(await Deno.readFile(join(directory, path)));
      } catch {
        return new Response("not here", { status: 404 });
      }
    },
  );
  return { port: server.addr.port, close: () => server.shutdown() };
}
