import type { Flag } from "../../app/flags.ts";
import { HOSTNAME_FLAG, LABEL_FLAG, OUTPUT_FLAG, PREFIX_FLAG } from "../../app/run_flags.ts";
import { printable } from "../../base/printable.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const WATCH_FLAG = {
  name: "watch",
  summary: "go on, and show each fact that changes",
} as const satisfies Flag;

/** Shows what is known of this host. */
export const facts: Command = {
  name: "facts",
  summary: "show what is known of this host, which graphs can ask for",
  usage: ["[FLAGS] [FACT]"],
  details:
    `FACT is one of them, such as os.codename: its value is shown alone, and where it is not known
or not there the exit code is 1. What cannot be learned is shown with the reason.
Labels come from --label and from the files in /etc/mgmt/labels.d, facts of your own from
/etc/mgmt/facts.d: NAME.json, NAME.yaml, or a program that prints JSON. Those programs are run.
What --output json prints can be given to mgmt validate, graph and plan: --facts FILE.`,
  examples: [
    ["mgmt facts", "all that is known of this host"],
    ["mgmt facts os.codename", "one fact"],
    ["mgmt facts --output json > web1.json", "for looking at graphs as this host, elsewhere"],
  ],
  flags: [LABEL_FLAG, WATCH_FLAG, PREFIX_FLAG, HOSTNAME_FLAG, OUTPUT_FLAG],
  words: { least: 0, most: 1 },
  run: async ({ values, words: [fact] }, surface) => {
    const { showFacts } = await import("../../app/facts/show_facts.ts");
    const shown = await showFacts({
      fact,
      json: values.of(OUTPUT_FLAG) === "json",
      watch: values.has(WATCH_FLAG),
      labels: values.of(LABEL_FLAG) ?? new Map(),
      name: values.of(HOSTNAME_FLAG),
      prefix: values.of(PREFIX_FLAG),
      print: surface.print,
      warn: (text) => void surface.complain(`mgmt facts: warning: ${printable(text)}\n`),
    });
    return shown.ok ? 0 : await refuse("facts", shown.failure, surface);
  },
};
