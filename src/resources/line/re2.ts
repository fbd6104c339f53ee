/** What is used of re2js, loaded with the first graph that needs it. */

import { RE2JS, RE2JSSyntaxException } from "re2js";

/** Whether a text has the pattern somewhere in it. */
export type Pattern = (text: string) => boolean;

/** Compiles a pattern; a text says what is wrong with it. */
export function compile(pattern: string): Pattern | string {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.test(text);
  } catch (thrown) {
    if (thrown instanceof RE2JSSyntaxException) return thrown.message;
    throw thrown;
  }
}
