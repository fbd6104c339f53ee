/**
 * The commands of the hooks, from what the flags say.
 *
 * @module
 */

import { isAbsolute } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import { splitCommand } from "../../resources/shared/command/split.ts";
import type { FlagValues } from "../flags.ts";
import { RUN_FLAGS } from "../run_flags.ts";
import type { HookCommand } from "./hook.ts";

/** All that are given, or what is wrong with one. */
export function hookCommands(given: FlagValues): Result<readonly HookCommand[]> {
  const { onChange, onFailure, hookShell } = RUN_FLAGS;
  const shell = given.of(hookShell);
  const commands: HookCommand[] = [];
  for (const flag of [onChange, onFailure]) {
    const argv = splitCommand(given.of(flag) ?? "", shell);
    if (argv === undefined) continue;
    const [program] = argv;
    if (program.includes("/") && !isAbsolute(program)) {
      return fail(
        `--${
          shell === undefined ? flag.name : hookShell.name
        }: hooks run in /, where ${program} means another program`,
        {
          hint: "name it with its whole path, or as it is found in PATH",
        },
      );
    }
    commands.push({ name: flag.name, argv, bare: shell === undefined });
  }
  if (shell !== undefined && commands.length === 0) {
    return fail("--hook-shell needs --on-change or --on-failure");
  }
  return ok(commands);
}
