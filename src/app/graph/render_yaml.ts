import { type Scalar, type ScalarTag, stringify } from "yaml";
import { secretToken, secretWords } from "../../base/secret_token.ts";
import { NumberAsWritten } from "../../lang/values/in_force.ts";

/** A text that is nothing but a secret is written as graph files say it. */
const SECRET: ScalarTag = {
  tag: "!secret",
  identify: (value) => {
    const [words] = typeof value === "string" ? secretWords(value) : [];
    return words !== undefined && value === secretToken(words);
  },
  resolve: (words) => secretToken(words),
  stringify: ({ value }: Scalar) => secretWords(value).join(""),
};

/** A number stays as it is written: `0644`, or one with more digits than a number has. */
const NUMBER: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => value instanceof NumberAsWritten,
  resolve: (text) => text,
  stringify: ({ value }: Scalar) => (value as NumberAsWritten).text,
};

/** A graph file that says what these plain values are. */
export function renderYaml(value: unknown): string {
  return stringify(value, {
    lineWidth: 100,
    aliasDuplicateObjects: false,
    customTags: (tags) => [SECRET, NUMBER, ...tags],
  });
}
