import type { Diagnostic } from "../../base/diagnostic.ts";
import { isJsonObject } from "../../base/json.ts";
import type { GraphDocument } from "../document.ts";
import type { Path } from "../path.ts";
import { textsIn } from "../texts_in.ts";

/** What only a graph with values has something in the place of; no shell can mean it. */
const NAME = /\$\{host(?:\.[\w-]+)+\}/;
/** Who forgot `values:` forgot it for all of them. */
const SAID = 3;

/** Warns of names of facts in a graph that has no values, where they stay what they are. */
export async function forgottenValues(
  { value, locate }: GraphDocument,
  file: string,
): Promise<readonly Diagnostic[]> {
  if (!isJsonObject(value) || Object.hasOwn(value, "values")) return [];
  const found: { readonly path: Path; readonly name: string }[] = [];
  for (const { path, text } of textsIn(value)) {
    const name = text.startsWith("$${") ? undefined : NAME.exec(text)?.[0];
    if (name !== undefined) found.push({ path, name });
    if (found.length >= SAID) break;
  }
  return await Promise.all(found.map(async ({ path, name }): Promise<Diagnostic> => {
    const spot = await locate(path, "value");
    return {
      ...{ severity: "warning", file },
      message: `${name} stays as it is written: names are put in only where a graph has values`,
      hint: "write values: {} at the top of it",
      ...(spot && { line: spot.line, column: spot.column, length: spot.length }),
    };
  }));
}
