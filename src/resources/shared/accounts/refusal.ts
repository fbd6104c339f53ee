/** Why users and groups would not be changed, as far as that can be told before the first program. */

import { type Failure, failure } from "../../../base/result.ts";
import type { KindContext } from "../../../kind/kind.ts";
import { DATABASES } from "./databases.ts";
import { noTool, onlyRoot, PATH } from "./tools.ts";

/** Where nobody can put a new file in the place of the old one, as the programs do. */
const CLOSED = new Set(["EROFS", "EPERM", "EACCES", "busy"]);

/** Why the agent could not `what` with these programs; undefined: nothing is known against it. */
export async function accountRefusal(
  what: string,
  programs: readonly string[],
  context: KindContext,
): Promise<Failure | undefined> {
  const { processes, files } = context.host;
  const forbidden = onlyRoot(what, context);
  if (forbidden !== undefined) return forbidden;
  for (const program of programs) {
    const problem = await processes.foresee({ argv: [program], env: { PATH } });
    if (problem?.code === "not-found") return { ...noTool(program), needs: problem.needs ?? [] };
  }
  for (const path of DATABASES) {
    const seen = await files.look(path);
    if (!seen.ok || seen.value.type !== "file") continue;
    const problem = await files.foresee({ path, seen: seen.value, does: "replace" });
    if (problem !== undefined && CLOSED.has(problem.code ?? "")) return closed(what, problem);
  }
  return undefined;
}

function closed(what: string, { message, code = "", needs = [] }: Failure): Failure {
  return failure(`cannot ${what}: ${message}`, {
    code,
    needs,
    hint: "look at it with findmnt and lsattr",
  });
}
