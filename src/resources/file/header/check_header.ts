/**
 * Whether a file can have a header, as far as that can be told from the graph.
 *
 * @module
 */

import { LIMITS } from "../../../base/limits.ts";
import { showSecrets } from "../../../base/secret_token.ts";
import type { ResolveContext } from "../../../kind/kind.ts";
import { signsOfName } from "./comment_signs.ts";
import { headed } from "./headed_content.ts";

/** A file that is to have a header. */
interface HeadedFile {
  readonly path: string;
  readonly type: string;
  readonly content?: string | Uint8Array;
  readonly header?: true | string;
}

/** Records a mistake where it cannot. Of a source without a telling name only its content can say it. */
export function checkHeader(
  { path, type, content, header }: HeadedFile,
  { issue }: ResolveContext,
): void {
  const refuse = (message: string, hint = "take header away") =>
    issue({ path: ["meta", "header"], message, hint });
  if (type !== "content" && type !== "source" && type !== "fragments") {
    return refuse("header needs content, source or fragments, and a path that is no directory");
  }
  // What a secret will be is judged when it is put in.
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(showSecrets(content))
    : content;
  if ((bytes?.length ?? 0) > LIMITS.headedFileBytes) {
    return refuse(`a file with a header may have up to ${LIMITS.headedFileBytes} bytes`);
  }
  if (bytes === undefined && (header !== true || signsOfName(path) !== "none")) return;
  const can = headed(path, bytes ?? new Uint8Array(), header === true ? undefined : header);
  if (!can.ok) refuse(can.failure.message, can.failure.hint);
}
