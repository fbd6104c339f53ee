/**
 * What is mounted and what /etc/fstab says, against what should be.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { MountedFileSystem } from "../../os/mounts/mount_list.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import { tagFinder } from "./commands.ts";
import { isWanted } from "./device.ts";
import { entriesFor, fstabDifferences, hasOtherOptions, type WantedEntry } from "./fstab.ts";
import { optionDifferences } from "./options.ts";
import { FSTAB, type MountParams } from "./params.ts";
import { leftovers } from "./side_places.ts";

/** What is to be done with the mount itself. */
export type MountStep = "mount" | "remount" | "unmount" | "replace";

/** What differs, in words, and what removes it. */
export interface Differences {
  readonly reasons: readonly string[];
  readonly step: MountStep | undefined;
  readonly fstab: boolean;
}

/** What could not be changed by mounting it with other options: nothing is tried again till it is another. */
export interface MountMemory {
  stubborn: { readonly as: string; readonly why: Failure } | undefined;
  /** What the last apply wrote into /etc/fstab, and over what. */
  fstab?: { readonly seen: Sight; readonly content: Uint8Array };
}

/** Compares what is mounted, and the line in /etc/fstab, with what should be. */
export async function check(
  params: MountParams,
  context: KindContext<MountMemory>,
): Promise<Drift<Differences> | Failure | undefined> {
  const found = await inspect(params, context);
  if (!found.ok) return found.failure;
  const { reasons, step } = found.value;
  if (reasons.length === 0) return undefined;
  const { stubborn } = context.memory;
  if (step === "remount" && stubborn !== undefined) {
    if (stubborn.as === signatureAt(params, context)) return stubborn.why;
  }
  return drift(reasons.join("; "), found.value);
}

/** All that is known of what is mounted there, as one text. */
export function signatureAt({ path }: MountParams, context: Pick<KindContext, "host">): string {
  const mounted = mountedAt(path, context);
  return mounted.ok ? textOf(mounted.value) : mounted.failure.message;
}

function textOf(mounted: MountedFileSystem | undefined): string {
  return JSON.stringify(mounted ?? null);
}

/** Finds what differs. */
export async function inspect(
  params: MountParams,
  context: KindContext,
): Promise<Result<Differences>> {
  const found = await inspectMount(params, context);
  if (!found.ok || !params.fstab) return found;
  const text = await readFstab(context);
  if (!text.ok) return text;
  return ok(withFstab(params, found.value, text.value.text));
}

/** Finds what differs, leaving /etc/fstab out of account. */
export async function inspectMount(
  params: MountParams,
  context: KindContext,
): Promise<Result<Differences>> {
  const mounted = mountedAt(params.path, context);
  if (!mounted.ok) return mounted;
  const found = await mountDifferences(params, mounted.value, context);
  const left = leftovers(params.path, context.host.mounts.read());
  if (!found.ok || left.length === 0) return found;
  const reasons = [...found.value.reasons, `a run that was killed has left ${left.join(", ")}`];
  return ok({ ...found.value, reasons });
}

function withFstab(params: MountParams, found: Differences, text: string): Differences {
  if (params.state === "absent") {
    const count = entriesFor(text, params.path).length;
    if (count === 0) return found;
    return { ...found, fstab: true, reasons: [...found.reasons, `is in ${FSTAB}`] };
  }
  const wanted = entryOf(params);
  const differences = fstabDifferences(text, wanted);
  if (differences.length === 0) return found;
  // The kernel does not show all options, so those that are new in the file are set once more.
  const remount = params.state === "mounted" && found.step === undefined &&
    hasOtherOptions(text, wanted);
  return {
    ...found,
    fstab: true,
    reasons: [...found.reasons, ...differences],
    step: remount ? "remount" : found.step,
  };
}

const NOTHING: Differences = { reasons: [], step: undefined, fstab: false };

async function mountDifferences(
  params: MountParams,
  mounted: MountedFileSystem | undefined,
  context: KindContext,
): Promise<Result<Differences>> {
  const { host: { files }, signal } = context;
  if (params.state !== "mounted") {
    if (mounted === undefined) return ok(NOTHING);
    return ok({ ...NOTHING, step: "unmount", reasons: [`${described(mounted)} is mounted`] });
  }
  if (mounted === undefined) return ok({ ...NOTHING, step: "mount", reasons: ["is not mounted"] });
  const same = await isWanted(params, mounted, files, signal, tagFinder(context));
  if (!same.ok) return same;
  if (!same.value) {
    const reason = `${described(mounted)} is mounted, not ${params.device}`;
    return ok({ ...NOTHING, step: "replace", reasons: [reason] });
  }
  const differences = optionDifferences(params.options ?? [], mounted);
  if (params.options === undefined || differences.length === 0) return ok(NOTHING);
  return ok({ ...NOTHING, step: "remount", reasons: [`is mounted ${differences.join(", ")}`] });
}

function described({ source, type }: MountedFileSystem): string {
  return source === type || source === "none" ? type : `${source} (${type})`;
}

/** What is mounted on a directory, on top of all else. */
export function mountedAt(
  path: string,
  context: Pick<KindContext, "host">,
): Result<MountedFileSystem | undefined> {
  const all = mountsAt(path, context);
  return all.ok ? ok(all.value.at(-1)) : all;
}

/** All that is mounted on a directory, the last on top; what waits to be mounted counts for nothing. */
export function mountsAt(
  path: string,
  { host: { mounts } }: Pick<KindContext, "host">,
): Result<readonly MountedFileSystem[]> {
  const all = mounts.read();
  if (!all.ok) return all;
  return ok(all.value.filter(({ point, type }) => point === path && type !== "autofs"));
}

/** The file as text. */
export async function readFstab(
  { host: { files }, signal }: Pick<KindContext, "host" | "signal">,
): Promise<Result<{ readonly seen: Sight; readonly text: string }>> {
  const seen = await files.look(FSTAB, { contentUpToBytes: LIMITS.lineFileBytes, signal });
  if (!seen.ok) return seen;
  if (seen.value.type === "absent") return ok({ seen: seen.value, text: "" });
  if (seen.value.type !== "file" || seen.value.content === undefined) {
    const is = seen.value.type === "symlink" ? "a link" : "no file of a few lines";
    return fail(`${FSTAB} is ${is}`, {
      code: "wrong-type",
      hint: "put it right, or set fstab: false",
    });
  }
  try {
    // What cannot be read as text could not be written back as it was.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return ok({ seen: seen.value, text: text.decode(seen.value.content) });
  } catch {
    return fail(`${FSTAB} is no text in UTF-8`, { hint: "put it right, or set fstab: false" });
  }
}

/** The entry that should be there. */
export function entryOf({ device, path, type, options }: MountParams): WantedEntry {
  return {
    device,
    point: path,
    ...(type === "auto" ? {} : { type }),
    ...(options === undefined ? {} : { options }),
  };
}
