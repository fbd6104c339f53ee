/**
 * Comparing a setting of the kernel with what it should be, as it is now and as it is written down.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { didYouMean } from "../../base/nearest.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { Sight } from "../../host/files/files.ts";
import type { Context } from "../../kind/kind.ts";
import { parentOf } from "../file/path.ts";
import { normalized, ROOT, type SysctlParams } from "./params.ts";

/** What is not as it should be. */
export interface SettingDrift {
  /** Set where the kernel has another value: what was seen. */
  readonly running: Sight | undefined;
  /** Set where the file has to be written or removed: what was seen. */
  readonly file: Sight | undefined;
  readonly reason: string;
}

/** Compares both. */
export function findSetting(
  params: SysctlParams,
  context: Context,
): Awaitable<Result<SettingDrift | undefined>> {
  const { files } = context.host;
  return chainOk(readSetting(params, context), ({ seen, value }) => {
    const options = { contentUpToBytes: LIMITS.syncReadBytes, signal: context.signal };
    return chainOk(files.look(params.file, options), (file) => {
      const words = [
        ...(value === params.value ? [] : [`${shown(value)} → ${shown(params.value)}`]),
        ...fileWords(params, file),
      ];
      if (words.length === 0) return ok(undefined);
      return ok({
        running: value === params.value ? undefined : seen,
        file: fileWords(params, file).length === 0 ? undefined : file,
        reason: words.join(", "),
      });
    });
  });
}

/** What the kernel has now. */
export function readSetting(
  { key, path }: SysctlParams,
  context: Context,
): Awaitable<Result<{ readonly seen: Sight; readonly value: string }>> {
  const { files } = context.host;
  const options = { contentUpToBytes: LIMITS.syncReadBytes, signal: context.signal };
  return chainOk(files.look(path, options), (seen) => {
    if (seen.type === "file" && seen.content !== undefined) {
      return ok({ seen, value: normalized(new TextDecoder().decode(seen.content)) });
    }
    if (seen.type === "absent") return unknown(key, path, context);
    return fail(`${key} is a group of settings, not one`, {
      code: "wrong-type",
      hint: `name one of those in ${path}`,
    });
  });
}

/** The nearest directory that there is tells what was most likely meant. */
function unknown(key: string, path: string, context: Context): Awaitable<Result<never>> {
  const { files } = context.host;
  const parent = parentOf(path);
  return chainOk(files.look(parent), (seen): Awaitable<Result<never>> => {
    if (seen.type === "absent" && parent.startsWith(`${ROOT}/`)) {
      return unknown(key, parent, context);
    }
    if (seen.type !== "directory") {
      return fail(`there are no settings of the kernel in ${ROOT}`, {
        code: "no-proc",
        hint: "mount /proc",
      });
    }
    return chainOk(files.list(parent), ({ entries }) => {
      const similar = didYouMean(
        path.slice(parent.length + 1),
        entries.map(({ name }) => name),
      );
      const module = "it may come with a module of the kernel that is not loaded";
      return fail(`the kernel has no setting ${key}: there is no ${path}`, {
        code: "unknown-key",
        hint: similar === undefined ? module : `${similar}; or ${module}`,
      });
    });
  });
}

/** The text that is written down. */
export function fileText({ key, value }: SysctlParams): string {
  return `# Kept so by mgmt.\n${key} = ${value}\n`;
}

function fileWords(params: SysctlParams, seen: Sight): readonly string[] {
  const { file, persist } = params;
  if (!persist) return seen.type === "absent" ? [] : [`${file} is there and should not be`];
  if (seen.type === "absent") return [`${file} does not exist`];
  const content = seen.type === "file" ? new TextDecoder().decode(seen.content) : undefined;
  return content === fileText(params) ? [] : [`${file} differs`];
}

function shown(value: string): string {
  return /^-?[0-9]+$/.test(value) ? value : JSON.stringify(value);
}
