import { loadGraph, type LoadOptions, type LoadOutcome } from "../../src/lang/load.ts";
import { readDocument } from "../../src/lang/yaml/document.ts";

/** From the text of a YAML file to a graph, as `mgmt` does it. */
export async function loadText(text: string, options: LoadOptions): Promise<LoadOutcome> {
  const read = await readDocument(text, options);
  return read.ok ? await loadGraph(read.document, options) : read;
}
