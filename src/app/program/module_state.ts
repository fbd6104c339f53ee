import type { LoadedProgram } from "../../program/loaded_program.ts";
import type { ProgramGraph, ProgramMistake, StackFrame } from "../../program/protocol.ts";
import type { RecordedRead } from "../../program/recorded_reads.ts";
import { fail } from "../../base/result.ts";

/** A variable of a module that can hold something else later. */
const VARIABLE =
  /^(?:export\s+)?(?:(?:let|var)\s+([\w$]+)|const\s+([\w$]+)[^=\n]*=\s*(?:new\s+(?:Map|Set|WeakMap|WeakSet|Array)\b|\[|\{))/gm;

/**
 * What is wrong with a program that gives another graph where it is evaluated once more with the same inputs:
 * its modules keep something. Undefined: it gives the same.
 */
export async function moduleStateMistake(
  program: LoadedProgram,
  { graph, reads }: { readonly graph: ProgramGraph; readonly reads: readonly RecordedRead[] },
): Promise<ProgramMistake | undefined> {
  const nothingNew = () => Promise.resolve(fail("it was not read by the evaluation before"));
  const again = await program.evaluate({ known: reads, say: nothingNew });
  const isSame = again.type === "graph" && JSON.stringify(again.graph) === JSON.stringify(graph);
  if (isSame) return undefined;
  const found = variablesOf(program.texts);
  const names = found.map(({ name }) => name);
  const where = names.length === 0 ? "" : `: ${names.join(", ")}`;
  return {
    message: "evaluated once more with the same inputs, this program says something else; " +
      `its modules keep something between evaluations${where}`,
    hint: "make it in the function of the program, or in one that this calls",
    frames: found.slice(0, 1).map(({ place }) => place),
    ...(names[0] !== undefined && { length: names[0].length }),
  };
}

function variablesOf(
  texts: ReadonlyMap<string, string>,
): { readonly name: string; readonly place: StackFrame }[] {
  return [...texts].flatMap(([path, text]) =>
    [...text.matchAll(VARIABLE)].map((found) => {
      const name = found[1] ?? found[2] ?? "";
      const offset = found.index + found[0].indexOf(name, found[0].search(/let|var|const/) + 3);
      const before = text.slice(0, offset);
      const line = before.split("\n").length;
      return { name, place: { path, line, column: offset - before.lastIndexOf("\n") } };
    })
  );
}
