import type { Flag } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { printable } from "../../base/printable.ts";
import { fail, ok } from "../../base/result.ts";
import { answer, STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

const FORGET_FLAG = {
  name: "forget",
  summary: "forget those with these keys or paths, so that they are listed no more",
} as const satisfies Flag;

const ALL_FLAG = { name: "all", summary: "with --forget: all of them" } as const satisfies Flag;

/** Lists what is managed no more. */
export const orphans: Command = {
  name: "orphans",
  summary: "list what was managed once and is managed no more",
  usage: ["[FLAGS]", "--forget KEY...", "--forget --all"],
  details:
    `A resource that is taken out of its graph leaves what it was about as it is. Listed is what runs with
this prefix had in their graphs (not with --noop or --tmp-prefix) and have no more, whether an agent
runs now or not: whether it is still there (? where a look does not tell), since when it was managed,
when it was noticed that it left, and where it stood. What is there again, under another name or in
another graph, is none; what a graph file has that is gone as a whole is one.
KEY is the resource (file[/etc/motd]) or what it is about (/etc/motd). Nothing is removed by it.
Without --prefix and --hostname: of the default prefix.
With --output json: {"version": 1, "type": "orphans", "orphans": [{"key", "kind", "name", "identity",
"exists": true, false or null, "since", "left", "source", "sourceIsGone", "file", "line", "host"}]}.`,
  examples: [
    ["mgmt orphans", "what is left of earlier graphs?"],
    ["mgmt orphans --forget /etc/old.conf", "it may stay, and is known"],
  ],
  flags: [FORGET_FLAG, ALL_FLAG, ...STATE_FLAGS, OUTPUT_FLAG],
  words: { least: 0, most: 10_000 },
  run: async (given, surface) => {
    const { values, words } = given;
    const [forgets, all] = [values.has(FORGET_FLAG), values.has(ALL_FLAG)];
    const wrong = wrongWords({ forgets, all, words });
    if (wrong !== undefined) return await answer("orphans", fail(wrong), surface);
    const app = await import("../../app/managed/list_orphans.ts");
    if (forgets) {
      const done = await app.forget(given, all ? "all" : words);
      const said = done.ok ? ok(`${printable(done.value)}\n`) : done;
      return await answer("orphans", said, surface);
    }
    const json = values.of(OUTPUT_FLAG) === "json";
    const warn = (text: string) =>
      void surface.complain(`mgmt orphans: warning: ${printable(text)}\n`);
    return await answer("orphans", await app.listOrphans(given, { json, warn }), surface);
  },
};

function wrongWords(
  { forgets, all, words }: {
    readonly forgets: boolean;
    readonly all: boolean;
    readonly words: readonly string[];
  },
): string | undefined {
  if (!forgets && all) return "--all is a part of --forget";
  if (!forgets && words.length > 0) return `what of ${words[0]}? To forget it say --forget`;
  if (forgets && all && words.length > 0) return "name what to forget, or say --all";
  return forgets && !all && words.length === 0 ? "forget what? Name it, or say --all" : undefined;
}
