import type { Resource } from "../../kind/resource.ts";
import { modeOf, Openness } from "../../os/openness.ts";
import { applyMode, type Mode } from "../../resources/shared/files/mode.ts";
import { NEW_BITS } from "../../resources/shared/files/private.ts";

/** Others may read it. */
const OPEN = 0o004;

/**
 * Whether its content is not for everybody, by the mode that its file has and the one it gets, and by the directories
 * that lead to it.
 */
export function isPrivate({ params }: Pick<Resource, "params">): boolean {
  const { sensitive, path, mode } = params as {
    readonly sensitive?: boolean;
    readonly path?: string;
    readonly mode?: Mode;
  };
  if (sensitive !== undefined) return sensitive;
  if (path === undefined) return false;
  try {
    const now = modeOf(path) ?? NEW_BITS.file;
    const isOpen = now & (mode === undefined ? now : applyMode(mode, now, false)) & OPEN;
    return isOpen === 0 || !new Openness().isReachable(path);
  } catch {
    // What cannot be looked at is open to nobody.
    return true;
  }
}
