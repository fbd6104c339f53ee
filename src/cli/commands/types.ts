import { printable } from "../../base/printable.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const SAID = { made: "made", renewed: "renewed", same: "is up to date" } as const;

/** Writes the types of programs. */
export const types: Command = {
  name: "types",
  summary: "write mgmt.d.ts, the types of programs, for editors and compilers",
  usage: ["[DIRECTORY]"],
  details:
    `mgmt.d.ts has a function for each kind, with all its fields, defaults and what they mean. Graphs in
TypeScript import "mgmt", and deno.json and tsconfig.json say that this is it (mgmt init writes both).
Nothing else in the directory is touched. - writes to the standard output.`,
  examples: [
    ["mgmt types", "renew ./mgmt.d.ts after an update of mgmt"],
    ["mgmt types -", "print it"],
  ],
  flags: [],
  words: { least: 0, most: 1 },
  run: async ({ words: [directory = "."] }, surface) => {
    surface.restrictToReading({ andWriting: directory !== "-" });
    const { TYPES_FILE, typesText, writeTypes } = await import(
      "../../app/typings/type_files.ts"
    );
    if (directory === "-") {
      await surface.print(typesText());
      return 0;
    }
    const written = await writeTypes(directory);
    if (!written.ok) return await refuse("types", written.failure, surface);
    await surface.print(`${printable(`${directory}/${TYPES_FILE}`)}: ${SAID[written.value]}\n`);
    return 0;
  },
};
