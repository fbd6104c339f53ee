/**
 * Fetching a file and putting it in its place.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { lookAtSource } from "../shared/files/source.ts";
import { steadyProgress } from "../shared/progress.ts";
import type { DownloadChange, DownloadMemory } from "./check.ts";
import type { DownloadParams } from "./params.ts";

type DownloadContext = KindContext<DownloadMemory>;

/** Why it would not be put there; asked before anything is fetched. */
export async function refuseDownload(
  { seen, fetches }: DownloadChange,
  { path, ca }: DownloadParams,
  context: DownloadContext,
): Promise<Failure | undefined> {
  const does = fetches ? "replace" : "attributes";
  const refused = await foreseeChange({ path, seen, does }, context);
  if (refused !== undefined || !fetches || ca === undefined) return refused;
  const read = await authorities(ca, context);
  return read.ok || (read.failure.code === "source" && context.comes(ca))
    ? undefined
    : read.failure;
}

/** Does what is to be done. */
export async function applyDownload(
  { seen, fetches, attributes }: DownloadChange,
  params: DownloadParams,
  context: DownloadContext,
): Promise<Failure | undefined> {
  const { path, ca, maxBytes } = params;
  const { host: { files, downloads, clock }, signal } = context;
  if (!fetches) {
    const set = await files.setAttributes(path, seen, attributes);
    return set.ok ? undefined : set.failure;
  }
  const believed = ca === undefined ? ok([]) : await authorities(ca, context);
  if (!believed.ok) return believed.failure;
  const told = steadyProgress(clock, context);
  const { url, sha256, headers, silenceMs } = params;
  const fetched = await downloads.fetch(
    {
      ...{ url, sha256, headers, silenceMs, maxBytes, signal },
      authorities: believed.value,
      progress: (bytes, of) => told("downloading", bytes, of),
    },
    async (from) => {
      const kept = seen.type === "absent" ? ok(undefined) : await files.backup(path, seen);
      if (!kept.ok) return kept;
      const content = { copyOf: from, maxBytes };
      return await files.write({ path, content, seen, ifUnchanged: true, ...attributes, signal });
    },
  );
  return fetched.ok ? undefined : fetched.failure;
}

/** The certificates of a file, as one text. */
async function authorities(
  path: string,
  context: DownloadContext,
): Promise<Result<readonly string[]>> {
  const found = await lookAtSource(path, context);
  if (!found.ok) return found;
  const seen = await context.host.files.look(found.value.path, {
    contentUpToBytes: LIMITS.lineFileBytes,
    signal: context.signal,
  });
  if (!seen.ok) return seen;
  if (seen.value.type === "absent") {
    return fail(`there are no certificates at ${path} (ca)`, { code: "source", needs: [path] });
  }
  const text = seen.value.type === "file" && seen.value.content !== undefined
    ? new TextDecoder().decode(seen.value.content)
    : "";
  if (text.includes("-----BEGIN CERTIFICATE-----")) return ok([text]);
  return fail(`${path} (ca) holds no certificate in PEM`, {
    code: "no-authority",
    hint: "a certificate begins with -----BEGIN CERTIFICATE-----",
  });
}
