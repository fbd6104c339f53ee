import { fail, type Result } from "../base/result.ts";
import { suggestion } from "./args.ts";

/** That the first word of a command says none of the things that it does; undefined: it does. */
export function wrongAction(
  word: string | undefined,
  actions: readonly string[],
): Result<never> | undefined {
  const choice = actions.join(", ");
  if (word === undefined) return fail(`say what to do: ${choice}`);
  if (actions.includes(word)) return undefined;
  return fail(`"${word}" is not one of ${choice}${suggestion(word, actions)}`);
}
