/**
 * Asking the host's git.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { PATH } from "../shared/accounts/tools.ts";

const PROGRAM = "git";
const TIMEOUT_MS = 3600_000;
const SHOWN_LINES = 3;
const LINES_MOST = 100_000;

/** What a repository may not have git do: hooks, programs that watch, transports that are commands. */
const CONFIG: readonly (readonly [string, string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.quotePath", "false"],
  ["advice.detachedHead", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["protocol.ext.allow", "never"],
];

/** How git ended, and what it printed. */
export interface GitAnswer {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
}

/** Runs git in a directory; `env` is the resource's own. */
export async function runGit(
  cwd: string,
  given: readonly string[],
  env: Readonly<Record<string, string>>,
  { host, key, signal }: WorkContext,
): Promise<Result<GitAnswer>> {
  const lines: string[] = [];
  const errors: string[] = [];
  const ended = await host.processes.run({
    argv: [PROGRAM, ...given],
    resource: key,
    cwd,
    env: environment(env),
    timeoutMs: TIMEOUT_MS,
    signal,
    lineLimit: LINES_MOST,
    line: (line, stream) => void (stream === "stdout" ? lines : errors).push(line),
  });
  if (!ended.ok) return { ok: false, failure: explained(ended.failure) };
  const { code, ended: cut } = ended.value;
  if (cut === "stopped") return fail(`git ${given[0]} was stopped`, { code: "stopped" });
  if (cut === "timeout") {
    return fail(`git ${given[0]} took longer than an hour`, { code: "timeout" });
  }
  return ok({ code: code ?? -1, lines, errors: errors.map((line) => withoutEnv(line, env)) });
}

const SECRET_LENGTH = 6;

/** git prints what it was given when a program of it does not start, and all of it when it traces. */
function withoutEnv(line: string, env: Readonly<Record<string, string>>): string {
  const values = Object.values(env).flatMap((value) => [value, ...value.split(/\s+/)]);
  return values.filter(({ length }) => length >= SECRET_LENGTH)
    .sort((a, b) => b.length - a.length)
    .reduce((shown, value) => shown.replaceAll(value, "(from env)"), line);
}

/** The same where git must succeed; `what` begins the message. */
export async function mustGit(
  what: string,
  ...given: Parameters<typeof runGit>
): Promise<Result<readonly string[]>> {
  const answer = await runGit(...given);
  if (!answer.ok) return answer;
  return answer.value.code === 0 ? ok(answer.value.lines) : gitFailed(what, answer.value);
}

/** That git did not succeed, in its own words. */
export function gitFailed(what: string, { code, errors }: GitAnswer): Result<never> {
  const said = errors.map((line) => line.replace(/^(fatal|error): /, "").trim())
    .filter((line) => line !== "" && !line.startsWith("hint:")).slice(0, SHOWN_LINES).join(" / ");
  return fail(`${what}: git exited with ${code}${said === "" ? "" : `: ${said}`}`, {
    code: "git",
    ...(said === "" ? {} : { printed: said }),
    ...hintOf(errors.join("\n")),
  });
}

/** What helps, by git's own words. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /dubious ownership/,
    "it is another user's: give it back with chown -R, or name it in env as safe.directory (GIT_CONFIG_COUNT, GIT_CONFIG_KEY_0, GIT_CONFIG_VALUE_0)",
  ],
  [/certificate/i, "name the authority's certificate in env: GIT_SSL_CAINFO: /etc/ca.pem"],
  [
    /host key verification failed/i,
    "a known_host resource makes the host known; it comes before with an edge",
  ],
  [
    /could not read (username|password)|authentication failed|permission denied|publickey/i,
    "git never asks: give what lets in by env, GIT_SSH_COMMAND for instance",
  ],
];

function hintOf(said: string): { readonly hint?: string } {
  const hint = HINTS.find(([words]) => words.test(said))?.[1];
  return hint === undefined ? {} : { hint };
}

/** The resource's own variables beside ours; its settings come first, so that of two of one name ours counts. */
function environment(env: Readonly<Record<string, string>>): Record<string, string> {
  const own = env["GIT_CONFIG_COUNT"] ?? "0";
  const first = Number(own);
  return {
    PATH,
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes",
    // Looking writes nothing.
    GIT_OPTIONAL_LOCKS: "0",
    GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
    ...env,
    // Of what is no number git says so.
    GIT_CONFIG_COUNT: /^\d{1,4}$/.test(own) ? `${first + CONFIG.length}` : own,
    ...Object.fromEntries(CONFIG.flatMap(([name, value], index) => [
      [`GIT_CONFIG_KEY_${first + index}`, name],
      [`GIT_CONFIG_VALUE_${first + index}`, value],
    ])),
  };
}

/** Why git cannot be asked; undefined: it can. */
export async function noGit({ host }: WorkContext): Promise<Failure | undefined> {
  const problem = await host.processes.foresee({ argv: [PROGRAM], env: { PATH } });
  return problem && explained(problem);
}

function explained(problem: Failure): Failure {
  if (problem.code !== "not-found") return problem;
  return failure("there is no program git on this host", {
    code: "not-found",
    needs: problem.needs ?? [],
    hint: "install the package git, with a pkg resource for instance",
  });
}
