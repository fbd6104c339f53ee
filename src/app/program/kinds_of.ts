import type { KindOfProgram } from "../../program/protocol.ts";
import { EDGE_WORDS } from "../../program/surface.ts";
import type { registry } from "../../resources/registry.ts";

/** The kinds, each with what would be an edge elsewhere. */
export function kindsOf(kinds: typeof registry): readonly KindOfProgram[] {
  return [...kinds].map(([kind, { fields }]) => ({
    kind,
    fields: Object.keys(EDGE_WORDS).filter((word) => Object.hasOwn(fields, word)),
  }));
}
