/** Several hosts on one machine that were given the same address, or none: one runs etcd, all are one cluster. */

import { join } from "node:path";
import { eventually, freeUrl } from "../support/etcd.ts";
import { inDirectory, Program } from "../support/program.ts";

const HOSTS = ["a", "b", "c"];
const TRIES = 3;

/** Exports a file, and collects those of all. */
function graph(files: string, host: string): string {
  const file = `{name: "@@${host}", path: "${join(files, host)}", content: ${host}}`;
  return `graph: g\nresources: {file: [${file}]}\ncollect: [{kind: file, pattern: "${files}/"}]\n`;
}

function count(directory: string): number {
  return [...Deno.readDirSync(directory)].filter(({ name }) => !name.startsWith(".")).length;
}

async function exchange(directory: string): Promise<void> {
  const [clients, servers] = [freeUrl(), freeUrl()];
  const files = HOSTS.map((host) => join(directory, `files-${host}`));
  const agents: Program[] = [];
  try {
    for (const [index, host] of HOSTS.entries()) {
      Deno.mkdirSync(files[index]!);
      const path = join(directory, `${host}.yaml`);
      Deno.writeTextFileSync(path, graph(files[index]!, host));
      agents.push(
        new Program([
          ...["run", path, "--prefix", join(directory, host), "--hostname", host],
          ...["--client-urls", clients, "--server-urls", servers],
        ]),
      );
    }
    await eventually(
      () => Promise.resolve(files.every((each) => count(each) === HOSTS.length)),
      () => agents.map(({ stderr }) => stderr).join("\n---\n"),
      180_000,
    );
  } finally {
    await Promise.all(agents.map((agent) => agent.interrupt()));
  }
}

Deno.test("three hosts at one address that start at the same moment are one cluster, always", async () => {
  for (let tried = 0; tried < TRIES; tried++) await inDirectory(exchange);
});
