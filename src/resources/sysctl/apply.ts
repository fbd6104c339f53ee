/**
 * Setting what the kernel has, and writing it down.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import {
  findSetting,
  type FoundSetting,
  readSetting,
  type SysctlMemory,
  type WrittenChange,
} from "./check.ts";
import { DIRECTORY } from "./fields.ts";
import type { SysctlParams } from "./params.ts";
import { sameValue } from "./values.ts";

/** The kernel makes up its entries anew now and then, so that one may not be the one that was seen. */
const TRIES = 5;

/** Gives the kernel the value, and looks whether it took it. */
export async function setRunning(
  params: Pick<SysctlParams, "key" | "path" | "value">,
  context: Pick<KindContext, "host" | "signal">,
): Promise<Failure | undefined> {
  const { key, path, value } = params;
  const content = new TextEncoder().encode(`${value}\n`);
  for (let tries = 1;; tries++) {
    const now = await readSetting(params, context);
    if (!now.ok) return now.failure;
    const { seen } = now.value;
    const written = await context.host.files.write({ path, content, seen, inPlace: true });
    if (written.ok) break;
    if (written.failure.code !== "changed" || tries >= TRIES) {
      return refused(params, written.failure);
    }
  }
  const after = await readSetting(params, context);
  if (!after.ok) return after.failure;
  if (sameValue(path, after.value.value, value)) return undefined;
  return failure(
    `the kernel took ${JSON.stringify(value)} for ${key}, but has ` +
      `${JSON.stringify(after.value.value)} now`,
    { code: "other-value", hint: "write the value as the kernel shows it, if they mean the same" },
  );
}

/** Why the kernel, or whoever guards it, did not take the value. */
function refused({ key, value }: Pick<SysctlParams, "key" | "value">, problem: Failure): Failure {
  if (problem.code === "EROFS") {
    return failure(`${key} cannot be set: /proc/sys is read-only`, {
      code: "EROFS",
      hint: "this is most likely a container: set it on the machine that runs it",
    });
  }
  if (problem.code === "EINVAL" || problem.code === "ERANGE") {
    return failure(`the kernel does not take ${JSON.stringify(value)} for ${key}`, {
      code: "invalid-value",
      hint: "look at which values it has (man 5 proc, and the kernel's documentation)",
    });
  }
  return { ...problem, message: `${key} cannot be set: ${problem.message}` };
}

/** Writes the setting down for the next start, or takes away what was written down. */
async function setFile(
  { path, seen, text }: WrittenChange,
  { host, signal }: KindContext,
): Promise<Failure | undefined> {
  const kept = seen.type === "absent" ? undefined : await host.files.backup(path, seen);
  if (kept?.ok === false) return kept.failure;
  if (text === undefined) {
    const removed = await host.files.remove(path, seen, { tree: false });
    return removed.ok ? undefined : removed.failure;
  }
  const directory = await host.files.look(DIRECTORY);
  if (directory.ok && directory.value.type === "absent") {
    const made = await host.files.makeDirectory(DIRECTORY, {});
    if (!made.ok && made.failure.code !== "EEXIST") return made.failure;
  }
  const content = new TextEncoder().encode(text);
  const written = await host.files.write({ path, content, seen, signal });
  return written.ok ? undefined : written.failure;
}

/** Why it could not be set or written down. */
export async function refuses(
  { running, files, overridden }: FoundSetting,
  params: SysctlParams,
  context: KindContext<SysctlMemory>,
): Promise<Failure | undefined> {
  const kernel = running === undefined
    ? undefined
    : await foreseeChange({ path: params.path, seen: running, does: "write-into" }, context);
  if (kernel !== undefined) return refused(params, kernel);
  for (const { path, seen, text } of files) {
    const does = text === undefined ? "remove" : "replace";
    const problem = await foreseeChange({ path, seen, does }, context);
    // The directory for them is made.
    if (problem !== undefined && problem.code !== "parent-missing") return problem;
  }
  // Somebody who sets it has done what can be done, and is told so then.
  return context.noop ? overridden : undefined;
}

/** Sets it, and writes it down. */
export async function apply(
  _plan: FoundSetting,
  params: SysctlParams,
  context: KindContext<SysctlMemory>,
): Promise<Failure | undefined> {
  const found = await findSetting(params, context);
  if (!found.ok) return found.failure;
  const { running, files, overridden } = found.value;
  const problem = running === undefined ? undefined : await setRunning(params, context);
  if (problem !== undefined) return problem;
  for (const change of files) {
    const unwritten = await setFile(change, context);
    if (unwritten !== undefined) return unwritten;
  }
  return overridden;
}
