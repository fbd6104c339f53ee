import { type Flag, takesForm, takesText } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import type { SecretCommand } from "../../app/secrets/on_secrets.ts";
import { fail, type Result } from "../../base/result.ts";
import { wrongAction } from "../action_words.ts";
import { oneTooMany } from "../args.ts";
import { answer, STATE_FLAGS } from "../cluster_flags.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";

const ACTIONS = ["identity", "encrypt", "edit", "rekey", "list"] as const;
type SecretAction = typeof ACTIONS[number];

const RECIPIENTS = /^age1[a-z0-9]+(,age1[a-z0-9]+)*$/;

const DIRECTORY_FLAG = {
  name: "directory",
  ...takesText("DIRECTORY"),
  summary: "where the encrypted files are: secrets beside the graph",
  defaultValue: "secrets",
} as const satisfies Flag;
const TO_FLAG = {
  name: "to",
  several: true,
  ...takesForm("RECIPIENT", RECIPIENTS, "recipients of age, such as age1…"),
  summary: "who can read it: hosts, and people; may be given several times",
  defaultText: "as the file recipients beside it says",
} as const satisfies Flag;
const IDENTITY_FLAG = {
  name: "identity",
  ...takesText("FILE"),
  summary: "edit, rekey, list: a file with a key that can read them",
  defaultText: "only that below the prefix",
} as const satisfies Flag;

/** Writes secrets that only certain hosts can read. */
export const secret: Command = {
  name: "secret",
  summary: "write secrets that only certain hosts can read",
  usage: [
    "identity [FLAGS]",
    "encrypt [FLAGS] NAME",
    "edit [FLAGS] NAME",
    "rekey [FLAGS] [NAME…]",
    "list [FLAGS]",
  ],
  details:
    `identity shows for whom must be encrypted what this host is to read, and makes its key where there is
none (identity, below the prefix, for its user alone).
encrypt reads a value from the standard input and writes it to secrets/NAME.age, in the format of age.
edit has VISUAL, EDITOR or vi write or change one, in memory where the host has /dev/shm.
rekey encrypts all of them anew for those they are to be for now, or only those that are named; with
--to it writes down for whom first (without names: for whom all are that have no line of their own).
list says what is there, for how many, and whether it can be read here.
For whom each is stands in secrets/recipients, which may be edited. A graph says content: !secret NAME.`,
  examples: [
    ["mgmt secret identity", "the recipient that this host is"],
    ["mgmt secret encrypt app-key --to age1… < key", "for one host"],
    ["mgmt secret rekey --to age1… --to age1…", "for these from now on"],
  ],
  flags: [
    TO_FLAG,
    DIRECTORY_FLAG,
    IDENTITY_FLAG,
    { ...OUTPUT_FLAG, summary: "list: lines for people (human), or one object (json)" },
    ...STATE_FLAGS,
  ],
  words: { least: 0, most: 1000 },
  run: async (given, surface) => {
    const [action] = given.words;
    const wrong = wrongWords(given.words);
    if (wrong !== undefined) return await answer("secret", wrong, surface);
    const done = await act(action as SecretAction, given, surface);
    return await answer(`secret ${action}`, done, surface);
  },
};

function wrongWords([word, name, ...more]: readonly string[]): Result<never> | undefined {
  const wrong = wrongAction(word, ACTIONS);
  if (wrong !== undefined) return wrong;
  const takesOne = word === "encrypt" || word === "edit";
  if (takesOne && name === undefined) {
    return fail("which secret? Name it", { hint: `mgmt secret ${word} NAME` });
  }
  const extra = takesOne ? more[0] : word === "rekey" ? undefined : name;
  return extra === undefined ? undefined : oneTooMany(extra);
}

async function act(
  action: SecretAction,
  { flags, values, words: [, ...names] }: CommandLine,
  { environment }: CommandIO,
): Promise<Result<string>> {
  const app = await import("../../app/secrets/on_secrets.ts");
  const command: SecretCommand = {
    flags,
    directory: values.of(DIRECTORY_FLAG),
    to: values.of(TO_FLAG)?.split(","),
    identity: values.of(IDENTITY_FLAG),
  };
  const [name = ""] = names;
  switch (action) {
    case "identity":
      return await app.identity(command);
    case "encrypt":
      return await app.encrypt(name, command);
    case "edit": {
      const named = ["VISUAL", "EDITOR"].map((variable) => environment(variable)?.trim());
      const editor = named.find((each) => each !== undefined && each !== "") ?? "vi";
      const { edit } = await import("../../app/secrets/edit_secret.ts");
      return await edit(name, command, editor);
    }
    case "rekey":
      return await app.rekey(names, command);
    case "list":
      return await app.list(command, values.of(OUTPUT_FLAG) === "json");
  }
}
