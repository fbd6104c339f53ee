/**
 * Which etcd this host can run: the one inside the executable, else one on the PATH.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Processes } from "../../os/process/processes.ts";
import { type EmbeddedEtcd, embeddedEtcd } from "./embedded.ts";
import { unpackEtcd } from "./unpack.ts";

/** A program to run. */
export interface EtcdBinary {
  readonly path: string;
  readonly version: string;
  /** What should be said about it. */
  readonly warning?: string;
}

export interface FindEtcdOptions {
  /** Where an embedded one is unpacked, absolute. */
  readonly directory: string;
  readonly processes: Processes;
  /** Rights are to count in its cluster. */
  readonly hasRights: boolean;
  /** The directories to search, in the notation of PATH; default: the environment's. */
  readonly searchPath?: string;
  /** Default: what is inside this program. */
  readonly embedded?: EmbeddedEtcd | undefined;
}

/** Older ones do not know all the flags that are used. */
const OLDEST = [3, 6, 0];
/** In older ones the access rules can be got round. */
const OLDEST_SAFE = [3, 6, 14];
const VERSION_DEADLINE_MS = 10_000;

/** Finds an etcd and makes it ready to run. */
export async function findEtcd(options: FindEtcdOptions): Promise<Result<EtcdBinary>> {
  const embedded = "embedded" in options ? options.embedded : embeddedEtcd();
  if (embedded !== undefined) {
    const unpacked = await unpackEtcd(embedded, options.directory);
    if (!unpacked.ok) return unpacked;
    return ok({ path: unpacked.value, version: embedded.version });
  }
  const path = onPath(options.searchPath ?? Deno.env.get("PATH") ?? "");
  if (path === undefined) {
    return fail("there is no etcd inside this executable, and none on the PATH", {
      code: "no-etcd",
      hint: "install etcd 3.6, or use an executable that scripts/build made with one",
    });
  }
  return await versioned(path, options);
}

function onPath(searchPath: string): string | undefined {
  return searchPath.split(":").filter((directory) => directory.startsWith("/"))
    .map((directory) => join(directory, "etcd")).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

async function versioned(
  path: string,
  { processes, hasRights }: FindEtcdOptions,
): Promise<Result<EtcdBinary>> {
  let version: string | undefined;
  const ran = await processes.run({
    argv: [path, "--version"],
    timeoutMs: VERSION_DEADLINE_MS,
    line: (line) => version ??= /^etcd Version: (\d+\.\d+\.\d+)/.exec(line)?.[1],
  });
  if (!ran.ok) return ran;
  if (version === undefined) {
    return fail(`${path} does not say its version as etcd does`, { code: "no-etcd" });
  }
  if (isOlder(version, OLDEST)) {
    return fail(`${path} is etcd ${version}, which is too old`, {
      code: "no-etcd",
      hint: `install ${OLDEST_SAFE.join(".")} or newer`,
    });
  }
  if (!isOlder(version, OLDEST_SAFE)) return ok({ path, version });
  const why = `${path} is etcd ${version}, whose access rules can be got round`;
  const hint = `install ${OLDEST_SAFE.join(".")} or newer`;
  if (hasRights) return fail(why, { code: "no-etcd", hint });
  return ok({ path, version, warning: `${why}: ${hint}` });
}

function isOlder(version: string, least: readonly number[]): boolean {
  const numbers = version.split(".").map(Number);
  for (const [index, number] of least.entries()) {
    const own = numbers[index] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}
