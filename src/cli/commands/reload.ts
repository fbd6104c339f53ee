import { answer, STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

/** Has the running agent read its graph again. */
export const reload: Command = {
  name: "reload",
  summary: "have the running agent read its graph again",
  usage: ["[FLAGS]"],
  details:
    `An agent sees edits by itself unless it was started with --no-watch; this also looks again at what else
the graph is made of, and says whether it was taken: it exits with 1 where the agent refuses the graph,
which it says why, and goes on with the one before.`,
  examples: [["mgmt reload && mgmt wait --converged", "put an edit in force, and wait for it"]],
  flags: STATE_FLAGS,
  words: { least: 0, most: 0 },
  run: async ({ flags }, surface) => {
    const app = await import("../../app/status/on_status.ts");
    return await answer("reload", await app.reload({ flags }), surface);
  },
};
