/**
 * One resource of any kind on the real machine, checked and applied by hand.
 *
 * @module
 */

import { assert, fail } from "@std/assert";
import type { Failure } from "../../src/base/result.ts";
import { createLocalHost } from "../../src/host/local.ts";
import type { Host } from "../../src/host/host.ts";
import type { Drift, FieldIssue, Kind, KindContext } from "../../src/kind/kind.ts";
import { inDirectory } from "./program.ts";

/** A directory and a host. */
export interface KindWorld {
  readonly directory: string;
  readonly host: Host;
  /** What was warned of, and noted. */
  readonly said: string[];
  /** Paths that other resources manage. */
  readonly claimed: Set<string>;
  path(name: string): string;
  put(name: string, content: string | Uint8Array): string;
  text(name: string): string;
}

/** Runs a test in a fresh directory with a host of its own. */
export async function inKindWorld(test: (world: KindWorld) => Promise<unknown>): Promise<void> {
  await inDirectory(async (base) => {
    const said: string[] = [];
    const [directory, prefix] = [`${base}/root`, `${base}/prefix`];
    Deno.mkdirSync(directory);
    Deno.mkdirSync(prefix, { mode: 0o700 });
    const host = createLocalHost({ prefix, warn: (text) => void said.push(text) });
    const path = (name: string) => `${directory}/${name}`;
    const put = (name: string, content: string | Uint8Array) => {
      Deno.writeFileSync(path(name), typeof content === "string" ? encode(content) : content);
      return path(name);
    };
    const text = (name: string) => Deno.readTextFileSync(path(name));
    try {
      await test({ directory, host, said, claimed: new Set(), path, put, text });
    } finally {
      await host.close();
    }
  });
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A resource of a world. */
export interface TestResource<Params, Plan> {
  readonly params: Params;
  check(): Promise<Drift<Plan> | Failure | undefined>;
  /** Why that would be refused before anything is changed. */
  refusal(found: Drift<Plan>): Promise<Failure | undefined>;
  apply(found: Drift<Plan>): Promise<Failure | undefined>;
  /** Checks and removes the drift; then nothing may be left to do. Gives the reason. */
  heal(): Promise<string | undefined>;
  /** Checks and applies, and gives the failure there must be. */
  refuse(): Promise<Failure>;
}

/** Makes a resource whose fields must be right. */
export async function resourceOf<Fields, Params, Plan, Memory>(
  kind: Kind<Fields, Params, Plan, Memory>,
  world: KindWorld,
  fields: Fields,
  name = "it",
): Promise<TestResource<Params, Plan>> {
  const { params, issues } = await resolving(kind, fields, name);
  if (issues.length > 0) fail(issues.map(({ message }) => message).join("; "));
  const context: KindContext<Memory> = {
    host: world.host,
    signal: new AbortController().signal,
    cause: { event: false, poll: false, refresh: false },
    memory: kind.memory(),
    noop: false,
    probes: true,
    autogroup: true,
    line: (text) => void world.said.push(text),
    warn: (text) => void world.said.push(text),
    note: (text) => void world.said.push(text),
    progress: () => {},
    ending: new AbortController().signal,
    claimed: (path) => world.claimed.has(path),
    comes: (path) => world.claimed.has(path),
    claims: (subject) =>
      !subject.startsWith("/") && world.claimed.has(subject)
        ? [{ path: subject, says: "all" }]
        : [],
    expected: () => undefined,
    leftOut: () => false,
    holdBack: (text) => void world.said.push(text),
  };
  const check = async () => await kind.check(params, context);
  const refusal = async (found: Drift<Plan>) => await kind.refuses?.(found.plan, params, context);
  const apply = async (found: Drift<Plan>) => await kind.apply(found.plan, params, context);
  async function heal(): Promise<string | undefined> {
    const found = await check();
    if (found === undefined) return undefined;
    if (found.type === "failure") fail(found.message);
    const failed = await refusal(found) ?? await apply(found);
    if (failed !== undefined) fail(failed.message);
    const left = await check();
    if (left !== undefined) fail(left.type === "failure" ? left.message : left.reason);
    return found.reason;
  }
  async function refuse(): Promise<Failure> {
    const found = await check();
    assert(found !== undefined, "nothing to do, where a failure was expected");
    if (found.type === "failure") return found;
    const failed = await refusal(found) ?? await apply(found);
    assert(failed !== undefined, `done, where a failure was expected: ${found.reason}`);
    return failed;
  }
  return { params, check, refusal, apply, heal, refuse };
}

/** Parameters, and the mistakes found on the way. */
export async function resolving<Fields, Params, Plan, Memory>(
  kind: Kind<Fields, Params, Plan, Memory>,
  fields: Fields,
  name = "it",
): Promise<{ readonly params: Params; readonly issues: FieldIssue[] }> {
  await kind.prepare?.();
  const issues: FieldIssue[] = [];
  const issue = (each: FieldIssue) => void issues.push(each);
  return { params: kind.resolve(fields, { name, directory: "/", issue }), issues };
}
