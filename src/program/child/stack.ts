/**
 * Where in the user's modules something is called from. Frames of the runtime and of mgmt are never seen.
 *
 * @module
 */

import type { ModulePlace, StackFrame } from "../protocol.ts";

/** What V8 gives of a call. */
interface CallSite {
  getScriptNameOrSourceURL(): string | null;
  getFunctionName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

/** Calls that are kept of one stack. */
const FRAMES = 30;
const FRAME = /^ {4}at (?:(.+) \()?(\/.*?):(\d+):(\d+)\)?$/;

/** Makes stacks show the user's modules alone. Before any of them runs. */
export function showOnlyModules(isModule: (path: string) => boolean): void {
  const prepare = (error: unknown, sites: readonly CallSite[]) => {
    if (caller !== undefined) {
      caller.place = firstPlace(sites, isModule);
      return "";
    }
    const frames = sites.flatMap((site) => {
      const path = site.getScriptNameOrSourceURL() ?? "";
      if (!isModule(path)) return [];
      const place = `${path}:${site.getLineNumber()}:${site.getColumnNumber()}`;
      const name = site.getFunctionName();
      return name === null ? [`    at ${place}`] : [`    at ${name} (${place})`];
    });
    return [textOf(error), ...frames].join("\n");
  };
  Object.assign(Error, { prepareStackTrace: prepare, stackTraceLimit: FRAMES });
}

/** Who only wants to know where it was called from has that put here, and no text made of all calls. */
let caller: { place: ModulePlace | undefined } | undefined;

function firstPlace(
  sites: readonly CallSite[],
  isModule: (path: string) => boolean,
): ModulePlace | undefined {
  for (const site of sites) {
    const path = site.getScriptNameOrSourceURL() ?? "";
    if (!isModule(path)) continue;
    return { path, line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1 };
  }
  return undefined;
}

/** What an exception says, without its stack. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "an object that is no text";
  }
}

/** The calls that lead to an exception, as far as they are the user's. */
export function framesOf(thrown: unknown): readonly StackFrame[] {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  if (typeof stack !== "string") return [];
  const frames: StackFrame[] = [];
  for (const line of stack.split("\n").toReversed()) {
    const found = FRAME.exec(line);
    if (found === null) break;
    const [, name, path = "", row, column] = found;
    const place = { path, line: Number(row), column: Number(column) };
    frames.unshift(name === undefined ? place : { ...place, name });
  }
  return frames;
}

/** The user's calls that lead here. */
export function framesHere(): readonly StackFrame[] {
  return framesOf(new Error());
}

/** The innermost of the user's calls that lead here; as each resource of a graph asks. */
export function callerHere(): ModulePlace | undefined {
  const asked: typeof caller = caller = { place: undefined };
  try {
    void new Error().stack;
    return asked.place;
  } finally {
    caller = undefined;
  }
}
