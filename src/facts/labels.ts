/**
 * Labels: what people say of a host, by `--label` and in files.
 *
 * @module
 */

import { isLabelName, LABEL_NAME_FORM } from "../base/label_name.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { LIMITS } from "../base/limits.ts";

/** Labels by name. */
export type Labels = ReadonlyMap<string, string>;

const VALUE_LENGTH = 256;

/** Reads one `name=value`. */
function readLabel(text: string): Result<readonly [name: string, value: string]> {
  const at = text.indexOf("=");
  if (at < 0) return fail(`"${text}" is no label`, { hint: "write it as role=web" });
  const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (!isLabelName(name)) {
    return fail(`the name of a label has ${LABEL_NAME_FORM}, not "${name}"`);
  }
  // deno-lint-ignore no-control-regex
  if (value.length > VALUE_LENGTH || /[,\x00-\x1f\x7f]/.test(value)) {
    return fail(
      `the value of the label ${name} has at most ${VALUE_LENGTH} characters, and no comma`,
    );
  }
  return ok([name, value]);
}

/** Reads those of a flag: `role=web,site=b`. Of one name the last counts. */
export function readLabels(text: string): Result<Labels> {
  const found = new Map<string, string>();
  for (const part of text.split(",")) {
    const label = readLabel(part);
    if (!label.ok) return label;
    found.set(...label.value);
  }
  return ok(found);
}

/** Reads those of a file: one on each line; what is behind a # says nothing. */
export function readLabelFile(text: string, file: string): Result<Labels> {
  // It is being written, perhaps: what it said is not known to be true no more.
  if (text.trim() === "") {
    return fail(`${file} is empty`, { hint: "remove it, or write a comment into it" });
  }
  const found = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    const written = line.replace(/(^|\s)#.*/, "").trim();
    if (written === "") continue;
    const label = readLabel(written);
    if (!label.ok) return fail(`${file}:${index + 1}: ${label.failure.message}`);
    found.set(...label.value);
  }
  return found.size > LIMITS.labels
    ? fail(`${file} has more than ${LIMITS.labels} labels`)
    : ok(found);
}
