/**
 * For whom secrets are encrypted: a text with a line for each secret (`NAME RECIPIENT…`), and one (`*`)
 * for all that have none.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { isSecretName } from "../base/secret_token.ts";

/** The file of that text, beside the encrypted files. */
export const RECIPIENTS_NAME = "recipients";

/** The name that stands for all secrets without a line of their own. */
export const ALL_OTHERS = "*";

const HEAD =
  "# For whom each secret is encrypted (* is for all others); after an edit: mgmt secret rekey\n";

/** Recipients by the name of the secret. */
export type Recipients = ReadonlyMap<string, readonly string[]>;

/** What such a text says. */
export function parseRecipients(text: string): Result<Recipients> {
  const found = new Map<string, readonly string[]>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [name, ...recipients] = wordsOf(line);
    if (name === undefined) continue;
    const place = `line ${index + 1} of the file ${RECIPIENTS_NAME}`;
    if (name !== ALL_OTHERS && !isSecretName(name)) {
      return fail(`${place} does not begin with the name of a secret`, {
        hint: "write NAME RECIPIENT…, or * RECIPIENT… for all others",
      });
    }
    if (recipients.length === 0) return fail(`${place} names nobody`, { hint: "add a recipient" });
    if (found.has(name)) return fail(`${place} is for ${name} a second time`);
    found.set(name, recipients);
  }
  return ok(found);
}

function wordsOf(line: string): readonly string[] {
  return line.replace(/#.*$/, "").split(/[\s,]+/).filter((word) => word !== "");
}

/** For whom a secret is encrypted; undefined: nothing is said of it. */
export function recipientsOf(recipients: Recipients, name: string): readonly string[] | undefined {
  return recipients.get(name) ?? recipients.get(ALL_OTHERS);
}

/** The text with a line that says so; all else stays as it is. */
export function withRecipients(text: string, name: string, recipients: readonly string[]): string {
  const line = [name, ...recipients].join(" ");
  const lines = text.split("\n");
  const at = lines.findIndex((each) => wordsOf(each)[0] === name);
  if (at >= 0) return lines.with(at, line).join("\n");
  const before = text === "" ? HEAD : text.endsWith("\n") ? text : `${text}\n`;
  return `${before}${line}\n`;
}
