import type { Flag } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { HOLD_LIMITS } from "../../control/holds.ts";
import { answer, STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const ALL_FLAG: Flag = { name: "all", summary: "all that is held" };

/** Lets go of what is held. */
export const release: Command = {
  name: "release",
  summary: "let go of resources that are held: they are put right at once",
  usage: ["[FLAGS] RESOURCE...", "[FLAGS] --all"],
  details: "Refreshes that they are owed meanwhile are done.",
  examples: [["mgmt release svc[nginx]", "nginx is kept as it should be again"]],
  flags: [ALL_FLAG, OUTPUT_FLAG, ...STATE_FLAGS],
  words: { least: 0, most: HOLD_LIMITS.words },
  run: async ({ flags, values, words }, surface) => {
    const all = values.has(ALL_FLAG);
    if (all === words.length > 0) {
      const message = all ? "name resources, or say --all, not both" : "which resource? Or --all";
      return await refuse("release", { message }, surface);
    }
    const app = await import("../../app/holds/on_holds.ts");
    const given = { flags, environment: surface.environment };
    const how = { asJson: values.of(OUTPUT_FLAG) === "json" };
    const done = await app.release(given, { words: all ? undefined : words }, how);
    return await answer("release", done, surface);
  },
};
