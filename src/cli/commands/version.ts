import { buildLine } from "../../host/build.ts";
import type { Command } from "../command.ts";

/** Says which program this is, and which Deno is inside. */
export const version: Command = {
  name: "version",
  summary: "say which version this is, and which Deno is inside",
  usage: [""],
  flags: [],
  words: { least: 0, most: 0 },
  run: async (_given, { print }) => {
    await print(`${buildLine()}\n`);
    return 0;
  },
};
