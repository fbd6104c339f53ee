import type { ProgramMistake } from "../protocol.ts";
import { framesHere, framesOf, textOf } from "./stack.ts";

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
  return { message: messageOf(thrown), frames: framesOf(thrown) };
}

/** What was thrown; that a plain error is one needs no saying. */
function messageOf(thrown: unknown): string {
  return textOf(thrown).replace(/^Error: (?=.)/, "");
}
