import { wantsColor } from "../../app/settings.ts";
import { printable } from "../../base/printable.ts";
import type { Command, Surface } from "../command.ts";
import { COLOR_FLAG } from "../command.ts";
import { count } from "../../report/words.ts";

/** Checks graph files; touches nothing. */
export const validate: Command = {
  name: "validate",
  summary: "check graph files, and change nothing",
  usage: ["FILE..."],
  details: `All mistakes of a file are shown at once. - is the standard input.
Exit code: 0 when all files are right, else 1.`,
  examples: [["mgmt validate examples/*.yaml", "check all of them"]],
  flags: [COLOR_FLAG],
  words: { least: 1, most: 10_000 },
  run: async ({ flags, words }, surface) => {
    surface.restrictToReading();
    const { environment, talkIsTerminal } = surface;
    const color = wantsColor(flags.get("color"), environment, talkIsTerminal);
    let code = 0;
    for (const file of words) if (!await isRight(file, color, surface)) code = 1;
    return code;
  },
};

async function isRight(
  file: string,
  color: boolean,
  { print, complain }: Surface,
): Promise<boolean> {
  const { readGraph } = await import("../../app/read_graph.ts");
  const { registry } = await import("../../resources/registry.ts");
  const { loaded, text, errors } = await readGraph(file, { registry, color });
  if (text !== "") await complain(`${text}\n`);
  if (loaded === undefined) {
    await complain(`${printable(file)}: ${count(errors, "mistake")}\n`);
    return false;
  }
  const { vertices, edges } = loaded.graph;
  const size = `${count(vertices.size, "resource")}, ${count(edges.length, "edge")}`;
  await print(`${printable(file)}: ok (${size})\n`);
  return true;
}
