import { type Flag, takesForm, takesMoment } from "../app/flags.ts";
import { OUTPUT_FLAG } from "../app/run_flags.ts";
import { STATE_FLAGS } from "./cluster_flags.ts";
import type { CommandLine } from "./command.ts";

/** Flags of all commands that read the journal. */
export const JOURNAL_FLAGS: readonly Flag[] = [...STATE_FLAGS, OUTPUT_FLAG];

/** Since when. */
export const SINCE_FLAG = {
  name: "since",
  ...takesMoment(),
  summary: "what happened since then: 90m, 1h or 2d ago, 03:00, yesterday, a date (all in UTC)",
} as const satisfies Flag;

/** Of which kind. */
export const KIND_FLAG = {
  name: "kind",
  ...takesForm("KIND", /^[A-Za-z]+$/, "a kind of resource, for instance file"),
  summary: "only of resources of this kind",
} as const satisfies Flag;

/** At which time. */
export const AT_FLAG = {
  name: "at",
  ...takesMoment(),
  summary: "the last change until then: 90m, 1h or 2d ago, 03:00, yesterday, a date (all in UTC)",
} as const satisfies Flag;

/** What a command line asks of the journal. */
export function journalQuestion({ flags, values, words: [resource] }: CommandLine) {
  return { flags, resource, asJson: values.of(OUTPUT_FLAG) === "json" };
}
