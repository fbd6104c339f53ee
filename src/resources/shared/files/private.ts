/**
 * Files that not everybody may read: their content is no more for the log than what is sensitive.
 *
 * @module
 */

import type { Attributes, Sight } from "../../../os/files/files.ts";

/** Why content must not be shown; undefined: it may be. */
export type Hidden = "sensitive" | "private" | undefined;

/** The modes of what is made, unless told. */
export const NEW_BITS = { file: 0o644, secret: 0o600, directory: 0o755, link: 0o777 };

/** Others may read it. */
const OPEN = 0o004;

/**
 * What may be shown of a change of content. `sensitive`: what the resource says; where it says
 * nothing the modes tell, that of the file now and the one it gets.
 */
export function hiddenOf(
  sensitive: boolean | undefined,
  seen: Sight,
  { mode }: Attributes = {},
): Hidden {
  if (sensitive !== undefined) return sensitive ? "sensitive" : undefined;
  const now = seen.type === "file" ? seen.stat.mode : NEW_BITS.file;
  return (now & (mode ?? now) & OPEN) === 0 ? "private" : undefined;
}

/** The rest of a sentence that begins with what is not shown. */
export const WHY_HIDDEN = {
  sensitive: "it is sensitive",
  private: "not everybody may read the file (sensitive: false shows it)",
} as const;
