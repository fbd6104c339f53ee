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

/** Which tests failed: file, name and the beginning of why. */
export function failedTests(xml: string): string[] {
  const cases = xml.matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>\s*<(?:failure|error)\b[^>]*>([^<]*)/g,
  );
  return [...cases].map(([, name = "", file = "", why = ""]) => {
    const reason = plain(why).slice(0, REASON_LENGTH_MAX).trim().replaceAll("\n", "\n    ");
    return `${plain(file)}: ${plain(name)}\n    ${reason}`;
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
