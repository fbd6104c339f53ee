import { LIMITS } from "../../../base/limits.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import type { WorkContext } from "../../../kind/work_context.ts";

/** The bytes of a small copy that was kept by its sum. */
export async function readKept(
  sum: string,
  { host: { files }, signal }: WorkContext,
): Promise<Result<Uint8Array>> {
  const kept = await files.kept(sum, signal);
  if (!kept.ok || kept.value instanceof Uint8Array) return kept as Result<Uint8Array>;
  const { copyOf: path } = kept.value;
  const seen = await files.look(path, { contentUpToBytes: LIMITS.lineFileBytes, signal });
  if (!seen.ok) return seen;
  const bytes = seen.value.type === "file" ? seen.value.content : undefined;
  return bytes === undefined ? fail(`${path} cannot be read`, { code: "no-copy" }) : ok(bytes);
}
