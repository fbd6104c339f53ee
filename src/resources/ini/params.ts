/**
 * From the fields of an ini resource to its parameters.
 *
 * @module
 */

import type { ResolveContext } from "../../kind/kind.ts";
import { type PartParams, resolvePart } from "../shared/parts/part.ts";
import type { IniFields } from "./fields.ts";

/** What an ini resource asks for; plain data. */
export interface IniParams extends PartParams {
  /** Absent: what stands before the first one. */
  readonly section?: string;
  /** Absent: the whole section, which should not be there. */
  readonly key?: string;
  /** One line for each; undefined: the key stands alone. */
  readonly values: readonly (string | undefined)[];
  readonly separator?: string;
  readonly inlineComments: boolean;
}

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveIni(fields: IniFields, context: ResolveContext): IniParams {
  const { section, key, value, separator, state } = fields;
  const issue = (field: keyof IniFields, message: string, hint?: string) =>
    context.issue({ path: [field], message, ...(hint === undefined ? {} : { hint }) });
  const absent = state === "absent";
  if (absent) {
    for (const field of ["value", "create", "separator"] as const) {
      if (fields[field]) issue(field, `${field} is not for what should be absent`);
    }
    if (key === undefined && section === undefined) {
      issue("key", "key and section are missing", "write at least one of them");
    }
  } else if (key === undefined) {
    issue("key", "key is missing");
  }
  const values = Array.isArray(value) ? value : [value];
  if (!absent && values.length === 0) {
    issue("value", "value is an empty list", "say state: absent to have no line with the key");
  }
  const named = key?.replace(/\[[^\]]*\]$/, "");
  if (key !== undefined && named !== undefined && /^[\s#;[]|\s$|=|:\s/.test(named || key)) {
    issue("key", "key must not begin with #, ; or [, have blanks at its ends, or hold =");
  }
  if (values.some((each) => typeof each === "string" && /^\s|\s$|\\$/.test(each))) {
    const hint = "put it into the quotes that the reader of the file knows";
    issue("value", "value must not begin or end with blanks, or end with \\", hint);
  }
  if (section !== undefined && /[\[\]]/.test(section)) {
    issue("section", "section must be without brackets", "write mysqld for [mysqld]");
  }
  return {
    ...resolvePart(fields, context),
    ...(section === undefined ? {} : { section }),
    ...(key === undefined ? {} : { key }),
    values: values.map((each) => each === undefined ? undefined : String(each)),
    ...(separator === undefined ? {} : { separator }),
    inlineComments: fields.inline_comments ?? false,
  };
}

/** What is asked of which file. */
export function identityOf({ path, section, key }: IniParams): string {
  const where = section === undefined ? "" : `[${section}]`;
  return `${path}: ${[where, key].filter(Boolean).join(" ")}`;
}

/** Why two resources of one file cannot both be true. */
export function contradiction(one: IniParams, other: IniParams): string | undefined {
  for (const [gone, kept] of [[one, other], [other, one]] as const) {
    const isGone = gone.absent && gone.key === undefined && gone.section === kept.section;
    if (isGone && !kept.absent) {
      return `the one has no section [${gone.section}], and the other sets ${kept.key} in it`;
    }
  }
  return undefined;
}
