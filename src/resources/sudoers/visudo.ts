/**
 * Asking visudo: of a file alone, and of all that sudo reads with this file among it.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { PATH } from "../shared/accounts/tools.ts";
import { joinPath, parentOf } from "../shared/files/path.ts";
import type { SudoersParams } from "./params.ts";

const PROGRAM = "visudo";
const TIMEOUT_MS = 60_000;
const SHOWN_LINES = 5;
/** Names that sudo passes over in a directory. */
const PASSED_OVER = /\.|~$/;
const INCLUDE_DIRECTORY = /^[ \t]*[#@]includedir[ \t]+"?([^"\s]+)"?[ \t]*$/;
const INCLUDE = /^([ \t]*[#@]include(?:dir)?[ \t]+"?)([^"\s/%][^"\s]*)/;

/** Why visudo cannot be asked; undefined: it can. */
async function noVisudo({ host }: KindContext): Promise<Failure | undefined> {
  const problem = await host.processes.foresee({ argv: [PROGRAM], env: { PATH } });
  if (problem?.code !== "not-found") return problem;
  return failure(
    "there is no program visudo on this host, so nobody can say whether this is right",
    {
      code: "not-found",
      needs: problem.needs ?? [],
      hint: "install the package sudo, with a pkg resource for instance; nothing was written",
    },
  );
}

/** Why the file must not be put into force; undefined: visudo has nothing against it. */
export async function sudoersMistake(
  { path, content, sensitive }: SudoersParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const missing = await noVisudo(context);
  if (missing !== undefined) return missing;
  const alone = await ask(content, sensitive, context);
  if (alone !== undefined) return refused(path, "is no right file of sudoers", alone);
  const all = await textOfAll(path, content, context);
  if (!all.ok) return all.failure;
  if (all.value === undefined) return undefined;
  const together = await ask(all.value.after, sensitive, context);
  if (together === undefined) return undefined;
  // What was wrong before is not this file's fault, and stands in nobody's way.
  const before = await ask(all.value.before, sensitive, context);
  if (before === undefined) {
    return refused(path, "is right, but not with what sudo reads besides", together);
  }
  context.warn(`visudo finds mistakes in what sudo reads besides ${path}: ${before.message}`);
  return undefined;
}

function refused(path: string, what: string, { message, code = "validate" }: Failure): Failure {
  return failure(`what should stand in ${path} ${what}: ${message}`, {
    code,
    hint: "nothing was written, and what was there is still in force",
  });
}

async function ask(
  text: string,
  sensitive: boolean | undefined,
  { host, key, signal }: KindContext,
): Promise<Failure | undefined> {
  const printed: string[] = [];
  const ended = await host.processes.run({
    argv: [PROGRAM, "-cf", "-"],
    resource: key,
    env: { PATH, LC_ALL: "C" },
    input: text,
    timeoutMs: TIMEOUT_MS,
    signal,
    line: (line) => void printed.push(line),
  });
  if (!ended.ok) return ended.failure;
  const { code, ended: cut } = ended.value;
  if (code === 0) return undefined;
  if (cut !== undefined) return failure(`visudo was ended (${cut})`, { code: cut });
  const lines = printed.filter((line) => mayBeShown(line, sensitive)).slice(0, SHOWN_LINES);
  return failure(lines.length === 0 ? `visudo exited with ${code}` : lines.join(" / "));
}

/** visudo repeats the line that it finds wrong, of a file that not everybody may read. */
function mayBeShown(line: string, sensitive: boolean | undefined): boolean {
  if (sensitive !== undefined) return !sensitive && line.trim() !== "";
  return /^\S+:\d+:\d+: /.test(line);
}

/** What sudo reads, before and after the change; undefined: it does not read this directory, or nothing. */
async function textOfAll(
  path: string,
  content: string,
  context: KindContext,
): Promise<Result<{ readonly before: string; readonly after: string } | undefined>> {
  const { host: { files }, signal } = context;
  const directory = parentOf(path);
  const main = joinPath(parentOf(directory), "sudoers");
  const seen = await files.look(main, { contentUpToBytes: LIMITS.lineFileBytes, signal });
  if (!seen.ok) return seen;
  if (seen.value.type !== "file" || seen.value.content === undefined) return ok(undefined);
  const listed = await files.list(directory, signal);
  const names = listed.ok
    ? listed.value.entries.filter(({ name, type }) =>
      type !== "directory" && !PASSED_OVER.test(name)
    )
      .map(({ name }) => joinPath(directory, name))
    : [];
  const text = new TextDecoder().decode(seen.value.content);
  const lines = text.split("\n").map((line) =>
    line.replace(INCLUDE, (_line, before, relative) => before + joinPath(parentOf(main), relative))
  );
  const isIncluded = (line: string) =>
    INCLUDE_DIRECTORY.exec(line)?.[1]?.replace(/\/$/, "") === directory;
  if (!lines.some(isIncluded)) {
    context.warn(`${main} does not include ${directory}, so sudo does not read what is in it`);
    return ok(undefined);
  }
  const include = (each: string) => `@include ${each.replaceAll(" ", "\\ ")}`;
  const before = names.map(include).join("\n");
  const after = [...new Set([...names, path])].sort()
    .map((each) => each === path ? content : include(each)).join("\n");
  const withAll = (all: string) => lines.map((line) => isIncluded(line) ? all : line).join("\n");
  return ok({ before: withAll(before), after: withAll(after) });
}
