import { RUN_FLAGS } from "../../app/run_flags.ts";
import { runSettings } from "../../app/settings.ts";
import type { Command } from "../command.ts";
import { withGraph } from "../graph_words.ts";
import { refuse } from "../refuse.ts";

/** Makes a graph true, and keeps it true. */
export const run: Command = {
  name: "run",
  short: "r",
  summary: "make a graph true, and keep it true",
  usage: ["[FLAGS] FILE_OR_DIRECTORY", "[FLAGS] --file FILE", "[FLAGS] yaml FILE"],
  details:
    `What a flag says counts more than its environment variable, and that more than the default.
^C once: finish what runs, start nothing more. Twice: abort commands. Three times: exit.`,
  examples: [
    ["mgmt run graph.yaml", "make it true and keep it true"],
    ["mgmt run graph.yaml --noop -t 0", "say what would be done"],
    ["mgmt run graph.yaml -t 0", "once, from cron"],
    ["mgmt run graph.yaml -t 5", "until nothing has changed for five seconds"],
  ],
  flags: Object.values(RUN_FLAGS),
  words: { least: 0, most: 2 },
  run: async (line, surface) => {
    const given = withGraph("run", line);
    if (!given.ok) return await refuse("run", given.failure, surface);
    const settings = runSettings(given.value, surface);
    if (!settings.ok) return await refuse("run", settings.failure, surface);
    const { runAgent } = await import("../../app/run.ts");
    return await runAgent(settings.value);
  },
};
