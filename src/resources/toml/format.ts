/**
 * TOML, written by `@decimalturn/toml-patch`, which keeps comments and layout, and read by smol-toml: what
 * the one has written, the other must understand.
 *
 * @module
 */

import { parse as parsePatched, patch } from "@decimalturn/toml-patch";
import { parse, TomlError } from "smol-toml";
import { LIMITS } from "../../base/limits.ts";
import type { Change } from "../shared/parts/data/value.ts";
import { changed } from "../shared/parts/data/value.ts";
import type { Format, ReadData } from "../shared/parts/data/data_part.ts";

/** TOML. */
export const TOML_FORMAT: Format = { name: "TOML", mostBytes: LIMITS.slowDataBytes, read, write };

function read(text: string): ReadData {
  try {
    return { ok: true, whole: parse(text, { integersAsBigInt: "asNeeded" }) };
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    // The first line names what is wrong, the others show the text.
    const message = (thrown.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
    return { ok: false, line: thrown.line, column: thrown.column, message };
  }
}

function write(text: string, change: Change): string | undefined {
  try {
    const written = patch(text, changed(parsePatched(text), change));
    const hasEnd = text === "" || text.endsWith("\n");
    return hasEnd && !written.endsWith("\n") ? `${written}\n` : written;
  } catch {
    // The editor knows less of TOML than the parser.
    return undefined;
  }
}
