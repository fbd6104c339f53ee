import { type Flag, takesDuration, takesText } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { HOLD_LIMITS } from "../../control/holds.ts";
import { answer, STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const HOUR_MS = 3_600_000;

const ALL_FLAG: Flag = { name: "all", summary: "all resources" };

const FOR_FLAG = {
  name: "for",
  ...takesDuration({ mostMs: HOLD_LIMITS.forMs }),
  summary: "how long: 30m, 2h, 1d",
  defaultText: "1h",
} as const satisfies Flag;

const REASON_FLAG = {
  name: "reason",
  ...takesText("TEXT"),
  summary: "why, for whoever wonders",
} as const satisfies Flag;

/** Holds resources. */
export const hold: Command = {
  name: "hold",
  summary: "leave resources as they are for a while: watched, and not touched",
  usage: ["[FLAGS] [RESOURCE...]", "[FLAGS] --all"],
  details:
    `Without a resource it says what is held. What is held is looked at as ever, and what differs is
said; nothing is done about it, and refreshes that it is owed stay owed. What depends on it goes on as
long as it is as it should be. It ends by itself, and outlives a restart of the agent and of the host;
where no agent runs the next one heeds it. A change that is being made is finished.`,
  examples: [
    ["mgmt hold svc[nginx] --for 30m --reason 'upgrade by hand'", "touch nginx myself"],
    ["mgmt hold", "what is held, by whom, and until when"],
  ],
  flags: [ALL_FLAG, FOR_FLAG, REASON_FLAG, OUTPUT_FLAG, ...STATE_FLAGS],
  words: { least: 0, most: HOLD_LIMITS.words },
  run: async ({ flags, values, words }, surface) => {
    const all = values.has(ALL_FLAG);
    const reason = values.of(REASON_FLAG) ?? "";
    if (all && words.length > 0) {
      return await refuse("hold", { message: "name resources, or say --all, not both" }, surface);
    }
    if (reason.length > HOLD_LIMITS.text) {
      const message = `--reason takes at most ${HOLD_LIMITS.text} characters`;
      return await refuse("hold", { message }, surface);
    }
    const app = await import("../../app/holds/on_holds.ts");
    const given = { flags, environment: surface.environment };
    const how = { asJson: values.of(OUTPUT_FLAG) === "json" };
    if (!all && words.length === 0) {
      return await answer("hold", await app.listHolds(given, how), surface);
    }
    const wish = { words: all ? undefined : words, reason, forMs: values.of(FOR_FLAG) ?? HOUR_MS };
    return await answer("hold", await app.hold(given, wish, how), surface);
  },
};
