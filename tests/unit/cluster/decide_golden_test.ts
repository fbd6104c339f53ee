/**
 * Every `tests/golden/cluster/NAME.txt`: cases of a title, a view, `----` and what the leader does;
 * after `---- follow` all it does until nothing is left to do, where whoever is asked does it at
 * once. With `MGMT_UPDATE_GOLDENS=1` the answers are written instead of compared.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { decide } from "../../../src/cluster/leader/decide.ts";
import { carryOut, describe, NOW, parseView } from "../../support/cluster_scenario.ts";

const DIRECTORY = new URL("../../golden/cluster/", import.meta.url);
/** No change of a cluster takes more actions than this. */
const MOST_ACTIONS = 60;

function answer(view: string, follow: boolean): string {
  let now = parseView(view);
  const lines: string[] = [];
  for (let count = 0; count < MOST_ACTIONS; count++) {
    const action = decide(now, NOW);
    lines.push(describe(action));
    if (!follow || action.type === "none") return lines.join("\n");
    now = carryOut(now, action);
  }
  throw new Error(`never comes to rest:\n${lines.join("\n")}`);
}

/** The same text with today's answers. */
function answered(text: string): string {
  return text.split(/^(?=## )/m).map((part) => {
    const [, view = "", mark = ""] = /^([^]*?\n)(----(?: follow)?)\n/.exec(part) ?? [];
    if (mark === "") return part;
    const lines = view.split("\n").filter((line) => !line.startsWith("## ")).join("\n");
    return `${view}${mark}\n${answer(lines, mark.endsWith("follow"))}\n\n`;
  }).join("").trimEnd() + "\n";
}

const names = [...Deno.readDirSync(DIRECTORY)].map((entry) => entry.name).toSorted();

Deno.test("there are scenarios", () => assert(names.length >= 5));

for (const name of names) {
  Deno.test(`the leader's decisions: ${name}`, () => {
    const file = new URL(name, DIRECTORY);
    const text = Deno.readTextFileSync(file);
    const now = answered(text);
    if (Deno.env.get("MGMT_UPDATE_GOLDENS")) Deno.writeTextFileSync(file, now);
    else assertEquals(text, now);
  });
}

Deno.test("while it waits the leader says the same: no second is a line of its own in the log", () => {
  const waits = [
    "member h1 voter\nmember h2 learner unstarted nominated=4\n",
    "member h1 voter\nhost h2 volunteer backoff=20 failures=1\n",
    "member h1 voter\nmember h2 voter silent=4\nmember h3 voter\n",
    "member h1 voter\nmember h2 learner lag=3\n",
  ];
  for (const text of waits) {
    const view = parseView(text);
    assertEquals(decide(view, NOW).type, "none");
    assertEquals(decide(view, NOW + 2000).reason, decide(view, NOW).reason);
  }
});
