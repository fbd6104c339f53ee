import type { ProgramMistake } from "../protocol.ts";
import { framesHere, framesOf, textOf } from "./stack.ts";

/** What the runtime says of whoever changes what is frozen, or clones what is none of its own. */
const FROZEN =
  /^(TypeError: Cannot (assign to read only|add|delete|define) property|DataCloneError)|is not extensible/;
const COPY = "inputs, and what mgmt and the language give, cannot be changed; take a copy: " +
  "[...list], { ...map }, list.toSorted()";

/** Thrown where nothing can go on: what is wrong with the program, and where. */
export class MistakeError extends Error {
  constructor(readonly mistake: ProgramMistake) {
    super(mistake.message);
  }
}

/** Ends the evaluation with a mistake at the user's call that leads here. */
export function mistakeHere(message: string, more: Partial<ProgramMistake> = {}): MistakeError {
  return new MistakeError({ message, frames: framesHere(), ...more });
}

/** What an exception means, be it one of the user's or ours. */
export function mistakeOf(thrown: unknown): ProgramMistake {
  if (thrown instanceof MistakeError) return thrown.mistake;
  const message = messageOf(thrown);
  const hint = FROZEN.test(message) ? { hint: COPY } : {};
  return { message, ...hint, frames: framesOf(thrown) };
}

/** What was thrown; that a plain error is one needs no saying. */
function messageOf(thrown: unknown): string {
  return textOf(thrown).replace(/^Error: (?=.)/, "");
}
