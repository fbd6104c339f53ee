/**
 * Bugs that could be made in clusters that have rights (`planted_bugs.ts`).
 *
 * @module
 */

import type { PlantedBug } from "./planted_bugs.ts";

/** All of them. */
export const RIGHTS_BUGS: readonly PlantedBug[] = [
  {
    name: "watches across the rows that a host may read",
    rights: true,
    edits: [
      { file: "agent/key_watcher.ts", find: "].map(keyRange),", replace: "].map(wide)," },
      {
        file: "agent/key_watcher.ts",
        find: "/** Hears of changes that concern this host. */",
        replace: 'const wide = (key: string) => ({ ...keyRange(key), to: key + "0" });',
      },
    ],
  },
  {
    name: "lets hosts write what others export",
    rights: true,
    edits: [{
      file: "store/rights.ts",
      find: '{ keys: "exported/H/", own: "both", all: "read" }',
      replace: '{ keys: "exported/H/", own: "both", all: "both" }',
    }],
  },
  {
    name: "asks hosts to run etcd that do not have the server role",
    firstSeed: 78,
    rights: true,
    edits: [{
      file: "leader/sorted_entries.ts",
      find:
        "if (isOut || onlyHosts.has(host)) delete records.volunteer;\n    else withOffer(records);",
      replace: "withOffer(records);",
    }],
  },
  {
    name: "leaves roles behind",
    firstSeed: 17,
    rights: true,
    edits: [{
      file: "leader/rights.ts",
      find: 'if (kept === undefined) return { type: "delete-role", role };',
      replace: "if (kept === undefined) continue;",
    }],
  },
  {
    name: "leaves users behind",
    firstSeed: 20,
    rights: true,
    edits: [{
      file: "leader/rights.ts",
      find: 'if (kept === undefined) return { type: "delete-user", user };',
      replace: "if (kept === undefined) continue;",
    }],
  },
  {
    name: "speaks before rights are in force",
    rights: true,
    edits: [{
      file: "agent/agent.ts",
      find: "if (isKnown && this.#rights.look()) {",
      replace: "if (isKnown) {",
    }],
  },
  {
    name: "never compares its count of rights with the store's",
    firstSeed: 31,
    rights: true,
    edits: [{
      file: "agent/rights_keeping.ts",
      find: "if (queue.isDue(this.#compareAt)) this.#compare(this.#there.revision);",
      replace: "if (this.#compareAt < 0) this.#compare(this.#there.revision);",
    }],
  },
  {
    name: "keeps the name of who has left",
    firstSeed: 81,
    rights: true,
    edits: [{
      file: "agent/rights_keeping.ts",
      find: "this.#leavers = leaversIn(entries);",
      replace: "this.#leavers = leaversIn(entries).slice(99);",
    }],
  },
  {
    name: "does not say that it has left, where it may not free its name",
    firstSeed: 81,
    rights: true,
    edits: [{
      file: "admin/leaving.ts",
      find: "done = await remove([...ownTraces(host), said]);",
      replace: "done = await remove(ownTraces(host));\n    void said;",
    }],
  },
];
