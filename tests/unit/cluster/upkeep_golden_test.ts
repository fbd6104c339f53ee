/**
 * Every `tests/golden/store/NAME.txt`: cases of a title, a store, `----` and what is done; after
 * `---- follow` all that is done until nothing is left to do. With `MGMT_UPDATE_GOLDENS=1` the answers
 * are written instead of compared.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  type StoreView,
  type Upkeep,
  upkeep,
  type UpkeepPart,
} from "../../../src/cluster/leader/upkeep.ts";

const DIRECTORY = new URL("../../golden/store/", import.meta.url);
const QUOTA_BYTES = 100 * 1024 * 1024;
const PERCENT = QUOTA_BYTES / 100;
const MOST_ACTIONS = 20;

type OpenView = { -readonly [K in keyof StoreView]: StoreView[K] } & { live: number };

function parse(text: string): OpenView {
  const view: OpenView = {
    ...{ parts: [], isChanging: false, mayDefragment: true, mayDisarm: true, live: 5 },
    ...{ firstRevision: 1, keptRevision: 0, compactedTo: 0, baseBytes: 0, waitsForLearners: true },
  };
  let now = 1000;
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  for (const [word, ...rest] of lines) {
    const flags = new Map(rest.map((each) => each.split("=") as [string, string]));
    const number = (name: string) => Number(flags.get(name) ?? 0);
    if (word === "changing") view.isChanging = true;
    else if (word === "disarmed") view.mayDisarm = false;
    else if (word === "waited") view.waitsForLearners = false;
    else if (word === "failed") view.mayDefragment = false;
    else if (word === "live") view.live = Number(rest[0]);
    else if (word === "member") view.parts = [...view.parts, part(rest[0]!, flags)];
    else if (word === "history") {
      now = number("now");
      view.baseBytes = number("base") * PERCENT;
      view.keptRevision = number("kept");
      view.compactedTo = number("compacted");
      if (flags.has("full")) view.fullRevision = number("full");
    } else if (word !== "") throw new Error(`no such line in a scenario: ${word}`);
  }
  view.parts = view.parts.map((each) =>
    each.status === undefined ? each : { ...each, status: { ...each.status, revision: now } }
  );
  return view;
}

function part(host: string, flags: ReadonlyMap<string, string>): UpkeepPart {
  const [file, use] = ["file", "use"].map((name) => Number(flags.get(name)) * PERCENT);
  const leads = flags.has("leads");
  return {
    ...{ id: host, host, ours: !flags.has("foreign"), learner: flags.has("learner") },
    clientUrl: `http://${host}`,
    unsure: flags.has("unsure"),
    status: flags.has("silent") ? undefined : {
      ...{ clusterId: "c", memberId: host, learner: false, raftTerm: 1, version: "3.6.16" },
      ...{ raftIndex: 5000, raftAppliedIndex: flags.has("behind") ? 10 : 5000, revision: 0 },
      ...{ databaseBytes: file!, inUseBytes: use!, quotaBytes: QUOTA_BYTES },
      ...(leads ? { leaderId: host } : { leaderId: "other" }),
      alarms: flags.has("full") ? ["NOSPACE"] : [],
    },
  };
}

/** The store as it is after that, where all works. */
function after(view: OpenView, action: Upkeep): OpenView {
  const each = (
    change: (status: NonNullable<UpkeepPart["status"]>) => object,
    only: (part: UpkeepPart) => boolean = () => true,
  ) =>
    view.parts.map((one) =>
      one.status === undefined || !only(one)
        ? one
        : { ...one, status: { ...one.status, ...change(one.status) } }
    );
  switch (action.type) {
    case "compact": {
      const inUseBytes = view.live * PERCENT;
      return { ...view, compactedTo: action.revision, parts: each(() => ({ inUseBytes })) };
    }
    case "defragment": {
      const parts = view.parts.map((part) => {
        if (part.host !== action.host || part.status === undefined) return part;
        // What was not counted is counted then.
        const inUseBytes = part.unsure === true ? view.live * PERCENT : part.status.inUseBytes;
        const status = { ...part.status, inUseBytes, databaseBytes: inUseBytes };
        return { ...part, unsure: false, status };
      });
      return { ...view, parts };
    }
    case "disarm":
      return { ...view, parts: each(() => ({ alarms: [] })) };
    case "none":
      return view;
  }
}

function describe(action: Upkeep): string {
  const what = action.type === "compact"
    ? `compact ${action.revision}`
    : action.type === "defragment"
    ? `defragment ${action.host}`
    : action.type;
  return `${what}: ${action.reason}`;
}

function answer(text: string, follow: boolean): string {
  let view = parse(text);
  const lines: string[] = [];
  for (let count = 0; count < MOST_ACTIONS; count++) {
    const action = upkeep(view);
    lines.push(describe(action));
    if (!follow || action.type === "none") return lines.join("\n");
    view = after(view, action);
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

Deno.test("there are scenarios of the store", () => assert(names.length > 0));

for (const name of names) {
  Deno.test(`the store's upkeep: ${name}`, () => {
    const file = new URL(name, DIRECTORY);
    const text = Deno.readTextFileSync(file);
    const now = answered(text);
    if (Deno.env.get("MGMT_UPDATE_GOLDENS")) Deno.writeTextFileSync(file, now);
    else assertEquals(text, now);
  });
}
