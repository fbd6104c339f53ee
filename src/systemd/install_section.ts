/**
 * The `[Install]` section of a unit's files, of which the manager says only a part.
 *
 * @module
 */

import { reasonOf } from "../base/result.ts";
import { LIMITS } from "../base/limits.ts";

/** What enabling a unit would do. */
export interface InstallSection {
  /** Whether it has links of its own to make: `WantedBy=`, `RequiredBy=`, `UpheldBy=`, `Alias=`. */
  readonly hasRules: boolean;
  readonly aliases: readonly string[];
  /** Units that are enabled and disabled with it. */
  readonly also: readonly string[];
}

/** Files of one unit that are read. */
const FILES_MAX = 64;
/** Units that one names in `Also=`. */
const ALSO_MAX = 64;

/** Reads the sections of a unit's file and its drop-ins; what cannot be read says nothing. */
export async function readInstallSection(
  unit: string,
  paths: readonly string[],
): Promise<InstallSection> {
  const texts = await Promise.all(paths.slice(0, FILES_MAX).map(textOf));
  return parseInstallSection(unit, texts.join("\n"));
}

/** The section in the text of unit files. */
function parseInstallSection(unit: string, text: string): InstallSection {
  const values = new Map<string, string[]>();
  let section = "";
  for (const line of text.replace(/\\\n/g, " ").split("\n").map((each) => each.trim())) {
    if (line.startsWith("#") || line.startsWith(";")) continue;
    const header = /^\[(.*)\]$/.exec(line);
    if (header !== null) section = header[1] ?? "";
    const assignment = /^(\w+)\s*=\s*(.*)$/.exec(line);
    if (section !== "Install" || assignment === null) continue;
    const [, key = "", value = ""] = assignment;
    // An empty value takes back what was said before.
    const words = value === "" ? [] : [...values.get(key) ?? [], ...value.split(/\s+/)];
    values.set(key, words);
  }
  const named = (key: string) =>
    (values.get(key) ?? []).map((word) => withoutSpecifiers(word, unit));
  const aliases = named("Alias");
  const rules = ["WantedBy", "RequiredBy", "UpheldBy"].flatMap(named);
  return {
    hasRules: rules.length + aliases.length > 0,
    aliases,
    also: [...new Set(named("Also"))].filter((name) => name !== unit).slice(0, ALSO_MAX),
  };
}

/** `%i`, `%p` and the like are parts of the unit's name. */
function withoutSpecifiers(word: string, unit: string): string {
  const stem = unit.slice(0, unit.lastIndexOf("."));
  const [prefix = "", instance = ""] = stem.split(/@(.*)/s);
  const parts: Record<string, string> = { "%": "%", n: unit, N: stem, p: prefix, i: instance };
  return word.replace(/%(.)/g, (all, letter: string) => parts[letter] ?? all);
}

async function textOf(path: string): Promise<string> {
  try {
    const { size, isFile } = await Deno.stat(path);
    return isFile && size <= LIMITS.syncReadBytes ? await Deno.readTextFile(path) : "";
  } catch (thrown) {
    // It may be gone by now, or nobody may read it.
    return `# ${reasonOf(thrown).replaceAll("\n", " ")}`;
  }
}
