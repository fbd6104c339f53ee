/**
 * Running a command, and looking whether it made what it had to make.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { type ExecMemory, isThere } from "./check.ts";
import { runCommand } from "./command.ts";
import type { ExecParams } from "./params.ts";

/** Runs the command; it must have made what it creates. */
export async function run(
  params: ExecParams,
  context: KindContext<ExecMemory>,
): Promise<Failure | undefined> {
  const problem = await runCommand(params, context);
  if (problem !== undefined) return problem;
  if (params.creates !== undefined) {
    const there = await isThere(params.creates, context);
    if (typeof there !== "boolean") return there;
    if (!there) {
      return failure(`succeeded, but ${params.creates} still does not exist`, {
        code: "creates",
        hint: "creates must name what the command makes",
      });
    }
  }
  context.memory.ran = true;
  return undefined;
}
