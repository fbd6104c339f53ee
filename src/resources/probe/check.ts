/**
 * One probe: is it well now?
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure } from "../../base/result.ts";
import type { HttpAnswer } from "../../os/network/network.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import { exitFailure } from "../shared/command/exit.ts";
import { shellHint } from "../shared/command/shell_signs.ts";
import { type Health, observe } from "./health.ts";
import type { ProbeParams, ProbeTarget } from "./params.ts";

type Of<Type extends ProbeTarget["type"]> = Extract<ProbeTarget, { type: Type }>;

/** Probes once; undefined: it is well. */
function attempt(
  { target, timeoutSeconds }: ProbeParams,
  context: KindContext,
): Promise<Failure | undefined> {
  switch (target.type) {
    case "tcp":
      return connect(target, timeoutSeconds, context);
    case "http":
      return get(target, timeoutSeconds, context);
    case "command":
      return run(target, timeoutSeconds, context);
  }
}

async function connect(
  { host, port }: Of<"tcp">,
  timeoutSeconds: number,
  { host: { network }, signal }: KindContext,
): Promise<Failure | undefined> {
  const made = await network.connect({ host, port, timeoutMs: timeoutSeconds * 1000, signal });
  return made.ok ? undefined : made.failure;
}

async function get(
  target: Of<"http">,
  timeoutSeconds: number,
  { host: { network }, signal }: KindContext,
): Promise<Failure | undefined> {
  const { url, contains } = target;
  const got = await network.get({
    url: new URL(url),
    bodyBytes: contains === undefined ? 0 : LIMITS.httpBodyBytes,
    timeoutMs: timeoutSeconds * 1000,
    signal,
  });
  return got.ok ? judge(got.value, target) : got.failure;
}

function judge(
  { status, reason, location, body, cut }: HttpAnswer,
  { url, status: wanted, contains }: Of<"http">,
): Failure | undefined {
  const what = `GET ${url.replace(/\?.*/s, "?…")}`;
  if (!wanted.some((each) => matches(status, each))) {
    const answer = `${status} ${reason}`.trim();
    return failure(`${what}: answered ${answer}, not ${wanted.join(" or ")}`, {
      code: "status",
      ...(location === undefined ? {} : { hint: `it leads to ${location}: probe that` }),
    });
  }
  if (contains === undefined || body.includes(contains)) return undefined;
  const where = cut ? "the first MiB of the answer" : "the answer";
  return failure(`${what}: ${where} does not contain ${JSON.stringify(contains)}`, {
    code: "content",
  });
}

function matches(status: number, wanted: string): boolean {
  return wanted.endsWith("xx") ? `${status}`[0] === wanted[0] : `${status}` === wanted;
}

async function run(
  { argv, bare }: Of<"command">,
  timeoutSeconds: number,
  { host: { processes }, signal }: KindContext,
): Promise<Failure | undefined> {
  const ran = await processes.run({ argv, inherit: [], timeoutMs: timeoutSeconds * 1000, signal });
  if (!ran.ok) return ran.failure;
  const problem = exitFailure(ran.value, timeoutSeconds, bare ? shellHint(argv) : undefined);
  return problem && { ...problem, message: `the command ${problem.message}` };
}

/** Asks once, and says what that means beside what was seen before. */
export async function check(
  params: ProbeParams,
  context: KindContext<Health>,
): Promise<Drift<undefined> | Failure | undefined> {
  const { host: { clock }, memory, probes, signal } = context;
  if (!probes && params.target.type === "command") {
    const unknown = { why: "its command was not run (--allow-probe runs it)", isDue: false };
    return drift("may be unhealthy", undefined, { worldless: true, unknown });
  }
  const outcome = await attempt(params, context);
  // A probe that was broken off says nothing of its target.
  if (signal.aborted) return outcome;
  const moment = { nowMs: clock.nowMs(), wall: clock.wall() };
  const verdict = observe(memory, outcome, params, moment);
  if (verdict.type === "unhealthy") return verdict.failure;
  if (verdict.type === "doubtful") context.note(verdict.text);
  const { recovered } = memory;
  return recovered === undefined ? undefined : drift(recovered, undefined, { worldless: true });
}
