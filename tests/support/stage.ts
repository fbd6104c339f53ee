/**
 * What the examples of some kinds expect to find on a machine.
 *
 * @module
 */

import { inDirectory, shell } from "./program.ts";
import { serveHttps } from "./https_files.ts";
import { page, serve } from "./servers.ts";
import { SMALL_ARCHIVES } from "./small_archives.ts";

/** Servers by the address in the examples; each gets a port of its own. */
const SERVERS = {
  "127.0.0.1:5432": { stays: true, first: true },
  "127.0.0.1:8080": { says: page("ready") },
} as const;

/** A server over https, with an authority that the examples call /tmp/mgmt-ca.pem. */
const HTTPS = "https://localhost:8443";
const FILES = { "/tool": "#!/bin/sh\necho tool\n", "/tool.tar.gz": SMALL_ARCHIVES.gz };

/** A repository with a tag, where an example names it. */
const REPOSITORY = "/tmp/mgmt-repository.git";

async function makeRepository(path: string): Promise<void> {
  const identity = "-c user.name=a -c user.email=a@b -c commit.gpgsign=false";
  await shell(
    `export GIT_CONFIG_GLOBAL=/dev/null; git init -q ${path} && cd ${path} && echo one >f &&
     git add f && git ${identity} commit -qm 1 && git tag v1.0`,
  );
}

/** Runs a test in a directory of its own; the example's servers run, and its text names them. */
export async function onStage(
  example: string,
  test: (directory: string, text: string) => Promise<void>,
): Promise<void> {
  using stack = new DisposableStack();
  let text = example;
  for (const [address, options] of Object.entries(SERVERS)) {
    if (!example.includes(address)) continue;
    text = text.replaceAll(address, `127.0.0.1:${stack.use(serve(options)).port}`);
  }
  await using files = example.includes(HTTPS) ? await serveHttps({ files: FILES }) : undefined;
  if (files !== undefined) text = text.replaceAll(HTTPS, files.url);
  await inDirectory(async (directory) => {
    if (files !== undefined) Deno.writeTextFileSync(`${directory}/mgmt-ca.pem`, files.ca);
    if (example.includes(REPOSITORY)) await makeRepository(`${directory}/mgmt-repository.git`);
    await test(directory, text);
  });
}
