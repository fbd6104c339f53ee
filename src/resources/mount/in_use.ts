/**
 * What keeps a file system from being unmounted.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { WorkContext } from "../../kind/work_context.ts";

/** Holders that a message names. */
const NAMED = 5;

/** What is mounted below it, as a failure; undefined: nothing. */
export function mountedBelow(path: string, { host }: WorkContext): Failure | undefined {
  const all = host.mounts.read();
  const below = all.ok ? all.value.filter(({ point }) => point.startsWith(`${path}/`)) : [];
  if (below.length === 0) return undefined;
  const points = below.slice(0, NAMED).map(({ point }) => point).join(", ");
  return failure(`cannot unmount ${path}: other file systems are mounted below it: ${points}`, {
    code: "busy",
    hint: "unmount them first",
  });
}

/** Who uses it, as a failure; undefined: no process that can be seen. */
export async function usedBy(path: string, { host }: WorkContext): Promise<Failure | undefined> {
  const holders = await host.mounts.holders(path);
  if (holders.length === 0) return undefined;
  const names = holders.slice(0, NAMED).map(({ name, pid }) => `${name} (${pid})`).join(", ");
  const more = holders.length > NAMED ? " and others" : "";
  return failure(`cannot unmount ${path}: it is in use by ${names}${more}`, {
    code: "busy",
    hint: "end them, or stop their service before this; it is tried again",
  });
}

/** Why it was busy. */
export async function whyBusy(path: string, context: WorkContext): Promise<Failure> {
  return mountedBelow(path, context) ?? await usedBy(path, context) ??
    failure(`cannot unmount ${path}: it is in use, by no process that can be seen`, {
      code: "busy",
      hint: "look for a swap file, a loop device, an export or a container that uses it",
    });
}
