/**
 * The etcd that scripts/etcd builds, which is also the one inside dist/mgmt.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { existsSync } from "@std/fs";
import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname ?? ".", "../..");

let programs: string | undefined;
let unpackedName: string | undefined;

/** The directory with `etcd` and `etcdctl`; the first time on a machine they are built. */
export function etcdPrograms(): string {
  return programs ??= printed(join(REPOSITORY, "scripts/etcd")).trim();
}

/**
 * Puts etcd where an agent with that prefix would unpack it, which takes a core for a third of a second and writes
 * 27 MB to the disk each time. How agents unpack it is shown where a test host's first one does.
 */
export function bringEtcd(prefix: string): void {
  const directory = join(prefix, "cluster/etcd/bin");
  if (existsSync(directory)) return;
  const program = join(etcdPrograms(), "etcd");
  unpackedName ??= nameOf(program);
  Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Who looks for it meanwhile finds all of it, or nothing.
  Deno.copyFileSync(program, join(directory, "coming"));
  Deno.chmodSync(join(directory, "coming"), 0o700);
  Deno.renameSync(join(directory, "coming"), join(directory, unpackedName));
}

/** The name that agents give it (src/etcd/server/unpack.ts). */
function nameOf(program: string): string {
  const version = /^etcd Version: (\S+)/m.exec(printed(program, "--version"))?.[1];
  const sum = createHash("sha256").update(Deno.readFileSync(program)).digest("hex");
  return `etcd-${version}-${sum.slice(0, 16)}`;
}

function printed(program: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(program, { args }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
