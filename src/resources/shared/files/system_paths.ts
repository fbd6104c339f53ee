/**
 * The directories that a system lives from.
 *
 * @module
 */

const SYSTEM = "bin boot dev etc home lib lib32 lib64 libx32 proc root run sbin sys usr var".split(
  " ",
);
const SYSTEM_PATHS: ReadonlySet<string> = new Set(["/", ...SYSTEM.map((name) => `/${name}`)]);

/** Whether a system lives from this directory as a whole. */
export function isSystemPath(path: string): boolean {
  return SYSTEM_PATHS.has(path);
}
