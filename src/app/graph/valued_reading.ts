import { evaluate } from "../../lang/values/evaluate.ts";
import type { SourceReading } from "./graph_source.ts";
import type { GraphValues } from "./graph_values.ts";

/** The reading of one graph text with its values in place; `path` is where the text is, `file` how it is shown. */
export async function valuedReading(
  reading: SourceReading,
  { file, path }: { readonly file: string; readonly path: string },
  values: GraphValues,
): Promise<SourceReading> {
  const { document, text, texts = [], problems } = reading;
  if (document === undefined) return reading;
  const [part] = await evaluate([{ file, path, document }], values.begin());
  return {
    ...reading,
    ...(part && { document: part.document }),
    waits: values.waits,
    notes: values.notes,
    input: values.input,
    problems: [...values.doubts, ...problems],
    textOf: (shown) => shown === file ? text : values.textOf(shown, [text]),
    texts: [...texts, ...values.texts],
  };
}
