import { printable } from "../../base/printable.ts";
import { shellWord } from "../../base/shell_word.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

/** Writes a small example of a program. */
export const init: Command = {
  name: "init",
  summary: "write a small working example of a graph in TypeScript",
  usage: ["DIRECTORY"],
  details:
    `A program (site.ts), a module and a file of data that it reads, and what editors and compilers need:
mgmt.d.ts, deno.json, tsconfig.json. The directory may be there; no file is overwritten.`,
  examples: [["mgmt init site", "begin with programs"]],
  flags: [],
  words: { least: 1, most: 1, missing: "directory" },
  run: async ({ words: [word = "."] }, surface) => {
    if (word === "") return await refuse("init", { message: "a directory has a name" }, surface);
    surface.restrictToReading({ andWriting: true });
    const directory = word.replace(/(?!^)\/+$/, "");
    const { writeStarter } = await import("../../app/typings/type_files.ts");
    const written = await writeStarter(directory);
    if (!written.ok) return await refuse("init", written.failure, surface);
    const entry = shellWord(`${directory}/site.ts`);
    const files = written.value.map((path) => `${printable(`${directory}/${path}`)}\n`);
    await surface.print(
      `${
        files.join("")
      }\nNext:\n  mgmt validate ${entry}\n  mgmt run ${entry} --converged-timeout=0\n`,
    );
    return 0;
  },
};
