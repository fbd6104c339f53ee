/**
 * Line resources of one file that would undo each other's work.
 *
 * @module
 */

import { quoted } from "../../base/words.ts";
import type { LineParams } from "./params.ts";
import { fits } from "./pattern.ts";
import { sectionText } from "./section.ts";
import { linesOfSetting } from "./setting.ts";

/** Why two resources for the same file cannot both be true. */
export function contradiction(one: LineParams, other: LineParams): string | undefined {
  const [section, otherSection] = [one, other].map((each) =>
    each.section && sectionText(each.section)
  );
  if (section !== undefined && otherSection !== undefined && section !== otherSection) {
    return undefined;
  }
  return undoes(one, other) ?? undoes(other, one);
}

/** What `one` does to the lines that `other` puts there. */
function undoes({ wish, absent, sensitive }: LineParams, other: LineParams): string | undefined {
  const shown = sensitive || other.sensitive ? () => "a line" : cut;
  if (other.absent || wish.type === "block") return undefined;
  for (const text of linesOf(other)) {
    const equal = wish.type === "line" && wish.text === text;
    if (equal && !absent) continue;
    if (equal) return `${shown(text)} should be absent by the one and there by the other`;
    const fate = absent ? "removes" : "replaces";
    if (wish.type === "line" && wish.setting !== undefined) {
      if (!linesOfSetting(wish.setting).sets(text)) continue;
      return `setting ${shown(wish.setting.name)} of the one ${fate} ${shown(text)} of the other`;
    }
    const { match, unless } = wish;
    if (match === undefined || !fits(match, text)) continue;
    if (unless !== undefined && fits(unless, text)) continue;
    if (wish.type === "line" && (wish.groups || wish.which === "first" || wish.which === "last")) {
      continue;
    }
    return `match ${shown(match)} of the one ${fate} ${shown(text)} of the other`;
  }
  return undefined;
}

function linesOf({ wish }: LineParams): readonly string[] {
  switch (wish.type) {
    case "line":
      return [wish.text];
    case "match":
      return [];
    case "block":
      return [wish.begin, ...wish.lines, wish.end];
  }
}

const SHOWN_LENGTH = 60;
const cut = (text: string) => quoted(text, SHOWN_LENGTH);
