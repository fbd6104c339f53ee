/**
 * What a schema says is wrong with a field, as sentences with advice.
 *
 * @module
 */

import { didYouMean } from "../base/nearest.ts";
import type { FieldSchema } from "../kind/schema.ts";
import { describeValue, isMap } from "./describe.ts";
import type { Path } from "./path.ts";

/** A mistake in the fields of one map; the path starts in that map. */
export interface FieldMistake {
  readonly path: Path;
  readonly part?: "key" | "value";
  readonly message: string;
  readonly hint?: string;
  readonly quote?: boolean;
}

type SchemaIssue = NonNullable<
  ReturnType<FieldSchema["type"]["safeParse"]>["error"]
>["issues"][number];

/** What the library says where neither it nor the schema has words. */
const NO_WORDS = "Invalid input";

/** What an issue is about, as much as advice needs. */
interface Expectation {
  /** What it must be; undefined where the schema alone knows. */
  readonly text: string | undefined;
  readonly words: readonly string[];
  readonly types: ReadonlySet<string>;
}

/** The mistakes in the value of one field, from the schema's issues. */
export function fieldMistakes(
  field: string,
  schema: FieldSchema,
  issues: readonly SchemaIssue[],
  value: unknown,
): FieldMistake[] {
  return issues.map(innermost).flatMap((issue) => {
    const inside = issue.path.filter((step) => typeof step !== "symbol") as (string | number)[];
    const path = [field, ...inside];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key): FieldMistake => ({
        path: [...path, key],
        part: "key",
        message: `${nameOf([...path, key])} is unknown`,
      }));
    }
    const words = issue.code === "invalid_key" ? issue.issues[0]?.message : undefined;
    if (words !== undefined && words !== NO_WORDS) {
      return [{ path, part: "key", message: `${nameOf(path)} ${words}` }];
    }
    return [oneMistake(path, schema, issue, valueAt(value, inside))];
  });
}

function oneMistake(
  path: Path,
  schema: FieldSchema,
  issue: SchemaIssue,
  value: unknown,
): FieldMistake {
  const name = nameOf(path);
  if (issue.message !== NO_WORDS) return { path, message: `${name} ${issue.message}` };
  if (issue.code === "too_big" && typeof value === "string") {
    return { path, message: `${name} is longer than ${issue.maximum} characters` };
  }
  if (issue.code === "too_small" && value === "") {
    return { path, message: `${name} must not be empty` };
  }
  const length = Array.isArray(value) ? wrongLength(issue) : undefined;
  if (length !== undefined) return { path, message: `${name} must have ${length}` };
  const expected = expectation(issue);
  const wanted = path.length === 1 ? schema.typeText : expected.text;
  const message = wanted === undefined
    ? `${name} is ${describeValue(value)}, but ${path[0]} must be ${schema.typeText}`
    : `${name} must be ${wanted}, not ${describeValue(value)}`;
  return { path, message, ...advice(expected, value) };
}

function advice(expected: Expectation, value: unknown): Pick<FieldMistake, "hint" | "quote"> {
  const { words, types } = expected;
  if (typeof value === "string") return hintOrNone(adviceForText(value, words, types));
  const plain = typeof value === "number" || typeof value === "boolean";
  if (plain && (types.has("string") || words.includes(String(value)))) return { quote: true };
  if (types.has("string") && isTemplate(value)) {
    return { hint: "quote it: a text must not begin with a bare {" };
  }
  if (types.has("array") && plain) return { hint: `write it as a list: [${value}]` };
  return {};
}

function adviceForText(
  value: string,
  words: readonly string[],
  types: ReadonlySet<string>,
): string | undefined {
  if (words.length > 0) return didYouMean(value, words);
  if (types.has("boolean")) {
    if (/^(y|yes|on|true)$/i.test(value)) return "write true, without quotes";
    if (/^(n|no|off|false)$/i.test(value)) return "write false, without quotes";
  }
  if (types.has("number") || types.has("int")) {
    if (/^[-+]?[0-9]+(\.[0-9]+)?$/.test(value)) return `take the quotes away: ${value}`;
    if (/^[0-9.]+ *[a-z]+$/i.test(value)) return "write the number alone, without a unit";
  }
  if (types.has("array")) return `write it as a list: [${JSON.stringify(value)}]`;
  return undefined;
}

/** Whether text would have been right, where something else is. */
export function wantsText(issue: SchemaIssue): boolean {
  return expectation(issue).types.has("string");
}

function hintOrNone(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** `content: {{ name }}` reads as a map with a map for its key. */
function isTemplate(value: unknown): boolean {
  return isMap(value) && Object.keys(value).some((key) => key.includes("[object"));
}

/** Of a union, the branch that got furthest into the value, if one did. */
function innermost(issue: SchemaIssue): SchemaIssue {
  if (issue.code !== "invalid_union") return issue;
  const deepest = issue.errors.flat().map((inner) => innermost(inner as SchemaIssue))
    .reduce<SchemaIssue | undefined>(
      (best, inner) => inner.path.length > (best?.path.length ?? 0) ? inner : best,
      undefined,
    );
  return deepest === undefined ? issue : { ...deepest, path: [...issue.path, ...deepest.path] };
}

function expectation(issue: SchemaIssue): Expectation {
  if (issue.code === "invalid_union") {
    const parts = issue.errors.flat().map((inner) => expectation(inner as SchemaIssue));
    return {
      text: [...new Set(parts.map(({ text }) => text ?? "something else"))].join(" or "),
      words: parts.flatMap(({ words }) => words),
      types: new Set(parts.flatMap(({ types }) => [...types])),
    };
  }
  if (issue.code === "invalid_value") {
    const words = issue.values.map(String);
    return { text: words.join(" | "), words, types: new Set() };
  }
  if (issue.code === "invalid_type") {
    const text = TYPE_NAMES[issue.expected] ?? issue.expected;
    return { text, words: [], types: new Set([issue.expected]) };
  }
  return { text: boundText(issue), words: [], types: new Set() };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  record: "a map",
  object: "a map",
  Uint8Array: "bytes",
};

/** How many entries a list must have; undefined: something else is wrong with it. */
function wrongLength(issue: SchemaIssue): string | undefined {
  if (issue.code === "invalid_union") {
    const parts = issue.errors.flat().map((inner) => wrongLength(inner as SchemaIssue));
    return parts.find((part) => part !== undefined);
  }
  const bound = "origin" in issue && issue.origin === "array" ? boundText(issue) : undefined;
  return bound === undefined ? undefined : `${bound} ${bound.endsWith(" 1") ? "entry" : "entries"}`;
}

function boundText(issue: SchemaIssue): string | undefined {
  if (issue.code === "too_small") {
    return `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
  }
  if (issue.code === "too_big") {
    return `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
  }
  return undefined;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inside, step) =>
      typeof inside === "object" && inside !== null
        ? (inside as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}

/** `env.PATH`, `sema[1]`. */
function nameOf(path: Path): string {
  return path.map((step, index) =>
    typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`
  ).join("");
}
