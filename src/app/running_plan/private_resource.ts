import type { Resource } from "../../kind/resource.ts";
import { lstat } from "../../os/files/stat.ts";
import { applyMode, type Mode } from "../../resources/file/mode.ts";
import { NEW_BITS } from "../../resources/shared/files/private.ts";

/** Others may read it. */
const OPEN = 0o004;

/** Whether its content is not for everybody, by the mode that its file has and the one it gets. */
export function isPrivate({ params }: Pick<Resource, "params">): boolean {
  const { sensitive, path, mode } = params as {
    readonly sensitive?: boolean;
    readonly path?: string;
    readonly mode?: Mode;
  };
  if (sensitive !== undefined) return sensitive;
  if (path === undefined) return false;
  const now = modeOf(path) ?? NEW_BITS.file;
  return (now & (mode === undefined ? now : applyMode(mode, now, false)) & OPEN) === 0;
}

/** Undefined: there is nothing; what cannot be looked at is open to nobody. */
function modeOf(path: string): number | undefined {
  try {
    const found = lstat(path);
    return found === undefined ? undefined : found.mode ?? 0;
  } catch {
    return 0;
  }
}
