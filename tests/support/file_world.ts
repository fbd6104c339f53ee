/**
 * A directory of its own and a real file system to test in; what else a kind needs is simple.
 *
 * @module
 */

import type { Awaitable, Failure, Result } from "../../src/base/result.ts";
import { createLocalFiles } from "../../src/os/files/local_files.ts";
import type { LocalFilesOptions } from "../../src/os/files/local_files.ts";
import type { Files, Sight } from "../../src/os/files/files.ts";
import type { Host } from "../../src/host/host.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { createLocalRandom } from "../../src/os/local_random.ts";
import type { ProcessCommand } from "../../src/os/process/processes.ts";
import type { Drift, FieldIssue, KindContext } from "../../src/kind/kind.ts";
import file from "../../src/resources/file/kind.ts";
import type { FileFields } from "../../src/resources/file/fields.ts";
import type { FileParams } from "../../src/resources/file/params.ts";
import { assert, fail } from "@std/assert";

export const isRoot = Deno.uid() === 0;

export interface FileWorld {
  /** Where the test may do what it likes; nobody else can write there. */
  readonly root: string;
  readonly prefix: string;
  readonly files: Files;
  readonly host: Host;
  /** What was warned of. */
  readonly warnings: string[];
  /** Lines that commands printed. */
  readonly lines: string[];
  /** What was noted. */
  readonly notes: string[];
  path(name: string): string;
  put(name: string, content: string): string;
  text(name: string): string;
  names(name?: string): string[];
}

/** Runs a test in a fresh directory, which is removed afterwards. */
export async function inFileWorld(
  test: (world: FileWorld) => Awaitable<unknown>,
  options: Partial<LocalFilesOptions> = {},
): Promise<void> {
  const base = Deno.makeTempDirSync();
  // The program works in /; other tests in this process may not.
  const workingDirectory = Deno.cwd();
  const [root, prefix] = [`${base}/root`, `${base}/prefix`];
  Deno.mkdirSync(root);
  Deno.mkdirSync(prefix, { mode: 0o700 });
  const world = makeWorld(root, prefix, options);
  try {
    await test(world);
  } finally {
    await world.files.landed();
    Deno.chdir(workingDirectory);
    Deno.removeSync(base, { recursive: true });
  }
}

function makeWorld(
  root: string,
  prefix: string,
  options: Partial<LocalFilesOptions>,
): FileWorld {
  const warnings: string[] = [];
  const lines: string[] = [];
  const notes: string[] = [];
  const [clock, random] = [createLocalClock(), createLocalRandom()];
  const warn = (text: string) => void warnings.push(text);
  const files = createLocalFiles({ prefix, clock, random, warn, ...options });
  const path = (name: string) => `${root}/${name}`;
  const host = {
    clock,
    random,
    files,
    users: { own: Deno.uid() ?? 0, uid: numberOf, gid: numberOf },
    processes: { run: runCommand },
    watcher: { watch: () => ({ close: () => {} }) },
  } as unknown as Host;
  return {
    root,
    prefix,
    files,
    host,
    warnings,
    lines,
    notes,
    path,
    put(name, content) {
      Deno.writeTextFileSync(path(name), content);
      return path(name);
    },
    text: (name) => Deno.readTextFileSync(path(name)),
    names: (name) =>
      [...Deno.readDirSync(name === undefined ? root : path(name))]
        .map((entry) => entry.name).sort(),
  };
}

function numberOf(name: string): Result<number> {
  const number = Number(name);
  if (!Number.isNaN(number)) return { ok: true, value: number };
  return { ok: false, failure: { type: "failure", message: `no user or group named ${name}` } };
}

async function runCommand({ argv, line }: ProcessCommand) {
  const [program, ...args] = argv;
  const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const lines = text.split("\n").filter((each) => each !== "");
  for (const each of lines) line?.(each, "stdout");
  return { ok: true as const, value: { code, lines: lines.length } };
}

/** One file resource in a world, checked and applied by hand. */
export interface FileResource {
  readonly params: FileParams;
  check(): Promise<Drift | Failure | undefined>;
  /** Checks and removes the drift; then nothing may be left to do. Gives the reason. */
  heal(): Promise<string | undefined>;
  /** Checks and applies, and gives the failure there must be. */
  refuse(): Promise<Failure>;
  /** Checks and applies, whatever comes of it. */
  tryOnce(): Promise<"fine" | "healed" | "refused">;
}

/** Makes a file resource; `others` are claimed by other resources. */
export function resource(
  world: FileWorld,
  fields: FileFields,
  others: readonly string[] = [],
  { header, headerText }: { readonly header?: true | string; readonly headerText?: string } = {},
): FileResource {
  const params = resolved(fields, world.root, header);
  const claimed = new Set([params.path, ...others]);
  const context: KindContext<ReturnType<typeof file.memory>> = {
    host: world.host,
    ...(headerText === undefined ? {} : { headerText }),
    signal: new AbortController().signal,
    cause: { event: false, poll: false, refresh: false },
    memory: file.memory(),
    noop: false,
    probes: true,
    autogroup: true,
    line: (text) => void world.lines.push(text),
    warn: (text) => void world.warnings.push(text),
    note: (text) => void world.notes.push(text),
    progress: () => {},
    ending: new AbortController().signal,
    claimed: (path) => claimed.has(path),
    comes: (path) => claimed.has(path),
    claims: (path) => others.includes(path) ? [{ path, says: "presence" }] : [],
    expected: () => undefined,
    leftOut: () => false,
    holdBack: (why, what) => void world.notes.push(`${why}: ${what}`),
  };
  const check = async () => await file.check(params, context);
  async function apply(found: Drift): Promise<Failure | undefined> {
    return await file.apply(found.plan as never, params, context);
  }
  async function heal(): Promise<string | undefined> {
    const found = await check();
    if (found === undefined) return undefined;
    if (found.type === "failure") fail(found.message);
    const failed = await apply(found);
    if (failed !== undefined) fail(failed.message);
    const left = await check();
    if (left !== undefined) fail(left.type === "failure" ? left.message : left.reason);
    return found.reason;
  }
  async function refuse(): Promise<Failure> {
    const found = await check();
    assert(found !== undefined, "nothing to do, where a failure was expected");
    if (found.type === "failure") return found;
    const failed = await apply(found);
    assert(failed !== undefined, `done, where a failure was expected: ${found.reason}`);
    return failed;
  }
  async function tryOnce(): Promise<"fine" | "healed" | "refused"> {
    const found = await check();
    if (found === undefined) return "fine";
    if (found.type === "failure") return "refused";
    return await apply(found) === undefined ? "healed" : "refused";
  }
  return { params, check, heal, refuse, tryOnce };
}

/** Parameters of fields that must be right. */
export function resolved(
  fields: FileFields,
  directory = "/",
  header?: true | string,
): FileParams {
  const { params, issues } = resolving(fields, directory, "name", header);
  if (issues.length > 0) fail(issues.map((issue) => issue.message).join("; "));
  return params;
}

/** Parameters, and the mistakes found on the way. */
export function resolving(
  fields: FileFields,
  directory = "/",
  name = "name",
  header?: true | string,
): { readonly params: FileParams; readonly issues: FieldIssue[] } {
  const issues: FieldIssue[] = [];
  const issue = (each: FieldIssue) => void issues.push(each);
  return { params: file.resolve(fields, { name, directory, header, issue }), issues };
}

/** The value of a result that must be good. */
export function good<T>(result: Result<T>): T {
  if (!result.ok) fail(`${result.failure.message} (${result.failure.code})`);
  return result.value;
}

/** The failure of a result that must be bad. */
export function bad<T>(result: Result<T>): Failure {
  assert(!result.ok, "it worked, where a failure was expected");
  return result.failure;
}

/** What stands at a path, which must be visible at once. */
export function sightOf(files: Files, path: string, contentUpToBytes = 65536): Sight {
  const seen = files.look(path, { contentUpToBytes });
  if (seen instanceof Promise) return fail("a small local file is looked at synchronously");
  return good(seen);
}
