/**
 * Resources that are only for some hosts: `when: {role: web}`.
 *
 * @module
 */

import { isLabelName, LABEL_NAME_FORM } from "../../base/label_name.ts";
import { holdsSecret } from "../../base/secret_token.ts";
import { describeValue, isMap, isNothing } from "../describe.ts";
import { keyOf } from "../../kind/resource.ts";
import { kindWord } from "../kind_words.ts";
import type { Path } from "../path.ts";
import type { ValueInputs, ValueProblem } from "./input_values.ts";
import { misplacedSecret } from "../secrets.ts";
import type { SubstitutionScope } from "./substitution.ts";

/** Whether an entry says for which hosts it is. */
export function hasWhen(entry: unknown): entry is Readonly<Record<string, unknown>> {
  return isMap(entry) && Object.hasOwn(entry, "when");
}

/** The labels that a host must have, as a graph file says them. */
export type WhenFields = Readonly<Record<string, string | number | boolean>>;

const EXAMPLE = "when: {role: web}";

/** Whether this host has all labels that are asked for; a mistake is reported, and counts as yes. */
export function isMeant(
  when: unknown,
  path: Path,
  inputs: Pick<ValueInputs, "read">,
  report: SubstitutionScope["report"],
): boolean {
  if (isNothing(when)) return true;
  if (!isMap(when)) {
    const message = `when must be a map of labels, not ${describeValue(when)}`;
    report(path, { message, hint: `for instance ${EXAMPLE}` });
    return true;
  }
  if (holdsSecret(when)) report(path, misplacedSecret("when"));
  let all = true;
  for (const [label, wanted] of Object.entries(when)) {
    if (!isLabelName(label)) {
      report([...path, label], noLabel(label));
      continue;
    }
    if (!["string", "number", "boolean"].includes(typeof wanted)) {
      const message = `when: ${label} must be the text of a label, not ${describeValue(wanted)}`;
      report([...path, label], {
        message,
        hint: `for instance ${EXAMPLE}; more than that is for a program in TypeScript`,
      });
      continue;
    }
    const reading = inputs.read(["host", "labels", label]);
    if (!reading.isKnown) {
      report([...path, label], {
        message: `the labels of this host are not known: ${reading.why}`,
      });
    } else if (reading.value !== String(wanted)) all = false;
  }
  return all;
}

/** Most who write a dot mean a fact, as in a value. */
function noLabel(name: string): ValueProblem {
  const label = /^(?:host\.)?labels\.(.+)$/.exec(name)?.[1];
  return {
    message: `when: "${name}" cannot be a label: the name of one has ${LABEL_NAME_FORM}`,
    hint: label !== undefined && isLabelName(label)
      ? `write ${label}: when compares labels only`
      : `when compares labels only, for instance ${EXAMPLE}: give the hosts a label, or ask for ` +
        "facts in a program (docs/programs.md)",
  };
}

/** The key of the resource that an end of an edge names; undefined: none that can be told. */
export function endKey(end: unknown): string | undefined {
  if (!isMap(end)) return undefined;
  const kind = end[kindWord(end)];
  return typeof kind === "string" && typeof end.name === "string"
    ? keyOf(kind, end.name)
    : undefined;
}
