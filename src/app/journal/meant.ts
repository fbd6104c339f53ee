import type { Result } from "../../base/result.ts";
import type { JournalReader } from "../../journal/reader.ts";
import { managedKeyAbout } from "../managed/named.ts";

/** The key of the resource that a user's word means: as the journal knows it, else by what it is about. */
export function meant(word: string, reader: JournalReader, prefix: string): Result<string> {
  const key = reader.keyOf(word);
  if (key.ok || key.failure.code !== "unknown-resource") return key;
  const about = managedKeyAbout(word, prefix);
  if (about === undefined) return key;
  return about.ok ? reader.keyOf(about.value) : about;
}
