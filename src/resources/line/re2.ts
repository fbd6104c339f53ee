/** What is used of re2js, loaded with the first graph that needs it. */

import { RE2JS, RE2JSSyntaxException } from "re2js";

/** A pattern that was compiled. */
export interface Pattern {
  /** Whether a text has it somewhere in it. */
  readonly fits: (text: string) => boolean;
  /** What its groups have of the first place where a text fits, the whole first; undefined: none does. */
  readonly groups: (text: string) => Groups | undefined;
  readonly groupCount: number;
  readonly groupNames: ReadonlySet<string>;
}

/** By number or name; empty where a group has no part in what fits. */
export type Groups = (group: number | string) => string;

/** Compiles a pattern; a text says what is wrong with it. */
export function compile(pattern: string): Pattern | string {
  try {
    const compiled = RE2JS.compile(pattern);
    return {
      fits: (text) => compiled.test(text),
      groups: (text) => {
        const matcher = compiled.matcher(text);
        return matcher.find() ? (group) => matcher.group(group) ?? "" : undefined;
      },
      groupCount: compiled.groupCount(),
      groupNames: new Set(Object.keys(compiled.namedGroups())),
    };
  } catch (thrown) {
    if (thrown instanceof RE2JSSyntaxException) return thrown.message;
    throw thrown;
  }
}
