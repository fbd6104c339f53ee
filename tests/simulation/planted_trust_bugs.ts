/**
 * Bugs that could be made in clusters that hosts join by tokens, and whose authority is replaced
 * (`planted_bugs.ts`).
 *
 * @module
 */

import type { PlantedBug } from "./planted_bugs.ts";

/** All of them. */
export const TRUST_BUGS: readonly PlantedBug[] = [
  {
    name: "lets one host more in with a token than it is for",
    trust: true,
    edits: [{
      file: "leader/joins.ts",
      find: "if (used.includes(key) || used.length < uses) return",
      replace: "if (used.includes(key) || used.length <= uses) return",
    }],
  },
  {
    name: "lets a host in under the name of another",
    trust: true,
    edits: [{
      file: "leader/joins.ts",
      find: 'if (binding !== undefined && !isOurs) return "bound";',
      replace: "",
    }],
  },
  {
    name: "forgets an authority whose certificates are shown still",
    trust: true,
    edits: [{
      file: "leader/rotation.ts",
      find: 'open(({ trust }) => trust?.shows === next.mark, "to show its certificates") ??',
      replace: "",
    }],
  },
  {
    name: "shows certificates of an authority that no etcd has read",
    trust: true,
    edits: [{
      file: "leader/rotation.ts",
      find: 'roll(view, bothGeneration(next.mark), "the next authority is to be believed, too") ??',
      replace: "",
    }],
  },
];
