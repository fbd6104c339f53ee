import type { Diagnostic } from "../../base/diagnostic.ts";
import type { GraphDocument } from "../../lang/document.ts";
import { decodeGraphFile } from "../../lang/yaml/decode.ts";
import { readDocument } from "../../lang/yaml/document.ts";
import type { SourceReading } from "./graph_source.ts";

/** From the bytes of a YAML file to what they say; of the `known` text, only that it is the same. */
export async function takeApart(
  bytes: Uint8Array,
  { file, known, again = false }: {
    /** The file as the user wrote it, for messages. */
    readonly file: string;
    readonly known?: string | undefined;
    /** It was read before. */
    readonly again?: boolean;
  },
): Promise<SourceReading> {
  const decoded = decodeGraphFile(bytes, file);
  if (!decoded.ok) return { problems: decoded.diagnostics };
  const { text } = decoded;
  if (text === known) return { same: true, problems: [], text };
  const read = await readDocument(text, { file, again });
  if (!read.ok) return { problems: read.diagnostics, text };
  const { document } = read;
  return { document, problems: await doubtsOf(document, text, file), text, texts: [text] };
}

async function doubtsOf(
  document: GraphDocument,
  text: string,
  file: string,
): Promise<readonly Diagnostic[]> {
  if (!text.includes("${host.")) return [];
  const { forgottenValues } = await import("../../lang/values/forgotten.ts");
  return await forgottenValues(document, file);
}
