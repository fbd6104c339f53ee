/**
 * Runs inside a test host: how soon a removed package is back, and what a run costs that finds nothing
 * to do. Prints numbers as JSON.
 *
 * Usage: packages.ts PROGRAM TRIES
 *
 * @module
 */

import { AptRepository } from "../../../tests/support/apt_repository.ts";
import { pause, Resident } from "../processes.ts";

const [program = "", tries = "10"] = Deno.args;

async function command(path: string, ...args: string[]): Promise<number> {
  const startMs = performance.now();
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await new Deno.Command(path, { args, env, stdout: "null", stderr: "null" }).output();
  return performance.now() - startMs;
}

/** dpkg's list of files is there as soon as the package is unpacked, and its script has run then. */
function isThere(name: string): boolean {
  try {
    return Deno.statSync(`/run/${name}-configured`).isFile;
  } catch {
    return false;
  }
}

/** Removes a package by hand; milliseconds from the end of that until it is configured again. */
async function back(name: string): Promise<number> {
  await command("rm", "-f", `/run/${name}-configured`);
  await command("dpkg", "--remove", name);
  const startMs = performance.now();
  while (!isThere(name)) await pause(2);
  return performance.now() - startMs;
}

/** The same by hand: apt-get alone. */
async function byHand(name: string): Promise<number> {
  await command("dpkg", "--remove", name);
  return await command("apt-get", "-y", "-q", "install", name);
}

async function repeated(measure: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < Number(tries); i++) {
    values.push(await measure());
    await pause(1000);
  }
  return values;
}

/** A package, its file and its service, several times over. */
function chains(names: readonly string[]): string {
  const each = (lines: (name: string) => string) => names.map(lines).join("");
  return "graph: chains\nresources:\n  pkg:\n" + each((name) => `  - {name: ${name}}\n`) +
    "  file:\n" +
    each((name) => `  - {name: /etc/${name}.conf, content: "color = blue\\n"}\n`) +
    "  svc:\n" + each((name) => `  - {name: ${name}, state: running, startup: enabled}\n`) +
    "edges:\n" +
    each((name) =>
      `- {from: {kind: pkg, name: ${name}}, to: {kind: file, name: /etc/${name}.conf}}\n` +
      `- {from: {kind: file, name: /etc/${name}.conf}, to: {kind: svc, name: ${name}}, notify: true}\n`
    );
}

const unit = (name: string) => ({
  [`/usr/lib/systemd/system/${name}.service`]:
    "[Service]\nExecStart=sleep infinity\n[Install]\nWantedBy=multi-user.target\n",
});

const names = Array.from({ length: 5 }, (_, index) => `bench${index}`);
const repository = new AptRepository("/var/tmp/bench-repository");
await repository.offer(
  ...names.map((name) => ({
    name,
    version: "1.0",
    files: unit(name),
    postinst: `touch /run/${name}-configured`,
  })),
);
await repository.use();
await command("apt-get", "update");
const hand = await repeated(() => byHand("bench0"));
await command("dpkg", "--remove", "bench0");
const path = "/var/tmp/chains.yaml";
await Deno.writeTextFile(path, chains(names));
const once = ["run", path, "-t", "0", "--prefix", "/var/tmp/chains"];
const firstMs = await command(program, ...once);
const second = await repeated(() => command(program, ...once));
await using agent = new Resident(program, ["run", path, "--prefix", "/var/tmp/chains"]);
await agent.rests();
const removed = await repeated(() => back("bench0"));
console.log(JSON.stringify({ hand, removed, firstMs, second }));
