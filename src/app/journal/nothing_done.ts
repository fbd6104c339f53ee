import { fail, type Result } from "../../base/result.ts";
import { label } from "../../base/words.ts";
import type { JournalReader } from "../../journal/reader.ts";
import { timeText } from "../../journal/text.ts";

/** The answer where the journal knows a resource, and no action on it. */
export function nothingDone(key: string, reader: JournalReader): Result<never> {
  const message = `nothing was done to ${label(key)}${sinceBegin(reader)}`;
  return fail(message, { code: "unknown-resource" });
}

/** How far back a journal goes, as the end of a sentence. */
export function sinceBegin(reader: JournalReader): string {
  const beginMs = reader.beginMs();
  return beginMs === undefined ? "" : ` since ${timeText(beginMs)}, when the journal begins`;
}
