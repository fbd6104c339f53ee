import { mayBeProgram } from "../../app/graph/may_be_program.ts";
import { dirname, join } from "node:path";
import { printable } from "../../base/printable.ts";
import { shellWord } from "../../base/shell_word.ts";
import { count } from "../../base/words.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";
import { COLOR_FLAG } from "../../app/run_flags.ts";
import {
  ASKED_FLAGS,
  factsOfLine,
  FOR_HOST_FLAG,
  prefixOfLine,
  readGraphFile,
  usesColor,
  WHOSE_FLAGS,
} from "../read_graph_file.ts";
import { refuse } from "../refuse.ts";
import type { FixedFacts } from "../../facts/fixed_facts.ts";

/** Checks graph files; touches nothing. */
export const validate: Command = {
  name: "validate",
  summary: "check graph files, and change nothing",
  usage: ["[FLAGS] FILE_OR_DIRECTORY..."],
  details:
    `All mistakes of a file are shown at once. - is the standard input. The *.yaml of a directory are
one graph.
That others could change a file is only a warning. Exit code: 0 when all files are right, else 1.`,
  examples: [
    ["mgmt validate examples/*.yaml", "check all of them"],
    ["mgmt validate site.ts --as db1", "as a host of the cluster would read it"],
  ],
  flags: [FOR_HOST_FLAG, ...WHOSE_FLAGS, ...ASKED_FLAGS, COLOR_FLAG],
  words: { least: 1, most: 10_000 },
  run: async (given, surface) => {
    const facts = await factsOfLine(given, surface);
    if (!facts.ok) return await refuse("validate", facts.failure, surface);
    surface.restrictToReading({ andStarting: given.words.some(mayBeProgram) });
    let code = 0;
    for (const file of given.words) {
      if (!await isRight(file, { ...given, facts: facts.value }, surface)) code = 1;
    }
    return code;
  },
};

async function isRight(
  file: string,
  given: CommandLine & { readonly facts: FixedFacts | undefined },
  surface: CommandIO,
): Promise<boolean> {
  const { trustByHand } = await import("../../app/graph/graph_trust.ts");
  const { loaded, errors } = await readGraphFile(file, { values: given.values, surface }, {
    trust: trustByHand(),
    onlyWarn: true,
    host: given.values.of(FOR_HOST_FLAG),
    facts: given.facts,
    prefix: prefixOfLine(given),
    program: { checksState: true },
    color: usesColor(given, surface),
  });
  if (loaded === undefined) {
    await surface.complain(`${printable(file)}: ${count(errors, "mistake")}\n`);
    return false;
  }
  const { graph: { vertices, edges }, offers, collects } = loaded;
  const size = [
    count(vertices.size, "resource"),
    count(edges.length, "edge"),
    ...(offers.length === 0 ? [] : [count(offers.length, "export")]),
    ...(collects.length === 0 ? [] : [count(collects.length, "collect")]),
  ];
  await surface.print(`${printable(file)}: ok (${size.join(", ")})\n`);
  if (file.endsWith(".ts")) await tellOfTypes(file, surface);
  return true;
}

/** What an editor says of a program that has the types of another mgmt may be wrong. */
async function tellOfTypes(file: string, { complain }: CommandIO): Promise<void> {
  const { hasOtherTypes, TYPES_FILE } = await import("../../app/typings/type_files.ts");
  const directory = dirname(file);
  if (!await hasOtherTypes(directory)) return;
  const word = directory === "." ? "" : ` ${shellWord(directory)}`;
  await complain(
    `note: ${printable(join(directory, TYPES_FILE))} is of an mgmt with other kinds or fields\n` +
      `  hint: mgmt types${printable(word)}\n`,
  );
}
