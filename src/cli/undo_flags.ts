import { type Flag, takesDuration } from "../app/flags.ts";
import { OUTPUT_FLAG } from "../app/run_flags.ts";
import type { UndoQuestion } from "../app/undo/on_undo.ts";
import { HOLD_LIMITS } from "../control/holds.ts";
import type { CommandIO, CommandLine } from "./command.ts";
import { refuse } from "./refuse.ts";

const DAY_MS = 86_400_000;
/** The exit code where something was refused, or could not be taken back. */
const NOT_ALL = 4;

const NOOP_FLAG: Flag = { name: "noop", summary: "only say what would be done" };
/** For who names a time of which nothing is known. */
export const RESTORE_FORCE_FLAG: Flag = {
  name: "force",
  summary: "also to a time before the journal begins: as before the first change that is known",
};
const FORCE_FLAG: Flag = { name: "force", summary: "also what somebody else has changed since" };
const FOR_FLAG = {
  name: "for",
  ...takesDuration({ mostMs: HOLD_LIMITS.forMs }),
  summary: "how long what was taken back is held: 30m, 2h, 7d",
  defaultText: "1d",
} as const satisfies Flag;

/** Flags of what brings a resource back. */
export const RESTORE_FLAGS: readonly Flag[] = [NOOP_FLAG, FOR_FLAG];
/** Flags of what takes changes back. */
export const UNDO_FLAGS: readonly Flag[] = [...RESTORE_FLAGS, FORCE_FLAG];

/** Takes changes back and says what came of it; the result is the exit code. */
export async function answerUndo(
  command: string,
  choice: UndoQuestion["choice"],
  { flags, values }: CommandLine,
  surface: CommandIO,
): Promise<number> {
  const app = await import("../app/undo/on_undo.ts");
  const done = await app.undo({ flags, environment: surface.environment }, {
    choice,
    noop: values.has(NOOP_FLAG),
    force: values.has(FORCE_FLAG),
    forMs: values.of(FOR_FLAG) ?? DAY_MS,
    asJson: values.of(OUTPUT_FLAG) === "json",
  });
  if (!done.ok) return await refuse(command, done.failure, surface);
  await surface.print(done.value.text);
  return done.value.isWhole ? 0 : NOT_ALL;
}
