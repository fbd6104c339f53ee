import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { ok } from "../../base/result.ts";
import { answer } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

/** Says what a code means. */
export const explain: Command = {
  name: "explain",
  summary: "say what a code of mgmt doctor or of a failure means, and what to do",
  usage: ["[FLAGS] [CODE]"],
  details:
    `Codes stand in the lines of mgmt doctor, in mgmt history and mgmt why where something failed, in all
that --output json says of failures ("code"), and in hints. Without a word all that are explained are
listed.
With --output json: {"version": 1, "type": "explain", "codes": [{"code", "severity": of what mgmt doctor
finds, "means", "why", "remedy"}]}.`,
  examples: [
    ["mgmt explain clock-far", "what it means, and what to do"],
    ["mgmt explain", "all codes"],
  ],
  flags: [OUTPUT_FLAG],
  words: { least: 0, most: 1 },
  run: async ({ values, words: [code] }, surface) => {
    const app = await import("../../app/explain/explain.ts");
    const found = code === undefined ? undefined : app.explained(code);
    if (found?.ok === false) return await answer("explain", found, surface);
    if (values.of(OUTPUT_FLAG) === "json") {
      const codes = found === undefined ? app.explainedCodes() : [found.value];
      const object = { version: 1, type: "explain", codes };
      return await answer("explain", ok(`${JSON.stringify(object)}\n`), surface);
    }
    const text = found === undefined ? app.codesText() : app.explanationText(found.value);
    return await answer("explain", ok(text), surface);
  },
};
