import { assertEquals } from "@std/assert";
import { KINDS_OF_PROGRAMS } from "../../../src/app/program/kinds_of.ts";
import { EDGE_WORDS } from "../../../src/program/surface.ts";
import { registry } from "../../../src/resources/registry.ts";

Deno.test("programs know of the kinds, without loading them, what these are", () => {
  assertEquals(
    KINDS_OF_PROGRAMS.map(({ kind, undoes, fields }) => ({ kind, undoes, fields })),
    [...registry].map(([kind, { fields, undo }]) => ({
      kind,
      undoes: undo !== undefined,
      fields: Object.keys(EDGE_WORDS).filter((word) => Object.hasOwn(fields, word)),
    })),
  );
});

Deno.test("what can be taken back does not stay, and of what cannot only the work of some is over", () => {
  assertEquals(
    KINDS_OF_PROGRAMS.filter(({ undoes, stays }) => undoes === stays).map(({ kind }) => kind),
    ["timer", "noop", "probe", "msg", "value"],
  );
});
