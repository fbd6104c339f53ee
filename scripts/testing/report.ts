/**
 * Reads the JUnit reports of Deno's test command.
 *
 * @module
 */

/** How many tests there were of which outcome. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** At most so many characters of why a test failed are said again. */
const REASON_LENGTH_MAX = 1200;

/** Counts the elements of a JUnit report. (Its own sums count what a filter left out as disabled.) */
export function countReport(xml: string): Count {
  const count = (element: string) => xml.split(`<${element}`).length - 1;
  const failed = count("failure ") + count("error ");
  const skipped = count("skipped");
  return { passed: count("testcase ") - failed - skipped, failed, skipped };
}

/** One test, or one step of a test. */
export interface TestResult {
  /** A path from where the tests were run, without `./`. */
  readonly file: string;
  /** Steps: `test > step`. */
  readonly name: string;
  /** Where it is declared, from 1. */
  readonly line: number;
  readonly skipped: boolean;
  /** Why it failed, as Deno says it; undefined: it did not. */
  readonly failure?: string;
}

/** All tests of a JUnit report, in its order. */
export function readReport(xml: string): TestResult[] {
  const cases = xml.matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)"[^>]*? line="(\d+)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g,
  );
  return [...cases].map(([, name = "", file = "", line = "", body = ""]) => {
    const failure = /<(?:failure|error)\b[^>]*>([^<]*)/.exec(body)?.[1];
    return {
      file: plain(file).replace(/^\.\//, ""),
      name: plain(name),
      line: Number(line),
      skipped: body.includes("<skipped"),
      ...(failure === undefined ? {} : { failure: plain(failure).trim() }),
    };
  });
}

/** Which tests failed: file, name and the beginning of why. */
export function failedTests(xml: string): string[] {
  return readReport(xml).flatMap(({ file, name, failure }) => {
    if (failure === undefined) return [];
    const reason = failure.slice(0, REASON_LENGTH_MAX).trim().replaceAll("\n", "\n    ");
    return [`${file}: ${name}\n    ${reason}`];
  });
}

const CHARACTERS: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function plain(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (escaped) => CHARACTERS[escaped] ?? "");
}
