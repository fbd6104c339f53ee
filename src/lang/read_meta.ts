import { holdsSecret } from "../base/secret_token.ts";
import { META_DEFAULTS, META_FIELDS, metaMistake, toMeta } from "../kind/meta.ts";
import type { Meta } from "../kind/meta.ts";
import { describeValue, isMap, isNothing } from "./describe.ts";
import type { WrittenNumbers } from "./document.ts";
import type { FieldMistake } from "./field_issues.ts";
import { readFields } from "./fields.ts";
import { misplacedSecret } from "./secrets.ts";
import { asTexts } from "./values/as_texts.ts";

/** The meta-parameters of an entry, by what stands below `meta`; what is wrong there is reported. */
export function readMeta(
  value: unknown,
  texts: WrittenNumbers | undefined,
  report: (mistake: FieldMistake) => void,
): Meta {
  if (isNothing(value)) return META_DEFAULTS;
  if (holdsSecret(value)) {
    report({ path: ["meta"], ...misplacedSecret("meta") });
    return META_DEFAULTS;
  }
  if (!isMap(value)) {
    report({
      path: ["meta"],
      message: `meta must be a map, not ${describeValue(value)}`,
      hint: "for instance meta: {noop: true}",
    });
    return META_DEFAULTS;
  }
  const reportInside = (mistake: FieldMistake) => {
    report({ ...mistake, path: ["meta", ...mistake.path], message: `meta: ${mistake.message}` });
  };
  const rules = { schemas: META_FIELDS, others: [], emptyIsUnset: false };
  const entry = asTexts(value, META_FIELDS, { texts, holder: value });
  const fields = readFields(entry, rules, reportInside);
  const mistake = metaMistake(fields);
  if (mistake !== undefined) reportInside(mistake);
  return toMeta(fields);
}
