import { eitherNamed, meantKey } from "../../base/resource_word.ts";
import type { Result } from "../../base/result.ts";
import type { JournalReader } from "../../journal/reader.ts";
import { managedNamed } from "../managed/named.ts";

/** The key of the resource that a user's word means: as the journal knows it, else what runs manage. */
export function meant(word: string, reader: JournalReader, prefix: string): Result<string> {
  return meantKey(word, eitherNamed(reader.named(), managedNamed(prefix)));
}
