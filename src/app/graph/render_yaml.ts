import { type Scalar, type ScalarTag, stringify } from "yaml";
import { secretToken, secretWords } from "../../base/secret_token.ts";

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

/** A graph file that says what these plain values are. */
export function renderYaml(value: unknown): string {
  return stringify(value, {
    lineWidth: 100,
    aliasDuplicateObjects: false,
    customTags: (tags) => [SECRET, ...tags],
  });
}
