import type { KindOfProgram } from "../../program/protocol.ts";
import { EDGE_WORDS } from "../../program/surface.ts";
import type { registry } from "../../resources/registry.ts";

/** Kinds whose work is over with it. */
const LEAVES_NOTHING = new Set(["msg", "noop", "probe", "timer", "value"]);

/** The kinds, each with what would be an edge elsewhere. */
export function kindsOf(kinds: typeof registry): readonly KindOfProgram[] {
  return [...kinds].map(([kind, { fields, undo }]) => ({
    kind,
    undoes: undo !== undefined,
    stays: undo === undefined && !LEAVES_NOTHING.has(kind),
    fields: Object.keys(EDGE_WORDS).filter((word) => Object.hasOwn(fields, word)),
  }));
}
