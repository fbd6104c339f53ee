/**
 * The process of a helper: started when somebody begins to speak with it, or ahead of that.
 *
 * @module
 */

import { resolve } from "node:path";
import { ownExecutable } from "../executable.ts";
import { keepDescriptors } from "../native/limits.ts";

/** What runs and nobody speaks with yet. */
let ahead: { readonly word: string; readonly process: Deno.ChildProcess } | undefined;

/** This program, as a helper is started; the word is its only argument. */
export function helperCommand(word: string): readonly [string, ...string[]] {
  return [...ownCommand(), word];
}

/** Starts what will surely be asked for, so that it gets ready beside all else. It ends with this process. */
export function startAhead(word: string): void {
  keepDescriptors();
  try {
    ahead = { word, process: started(word) };
  } catch {
    // Whoever asks for it hears why.
  }
}

/** The one that was started ahead, once, or a new one. Throws where it cannot be started. */
export function helperProcess(word: string): Deno.ChildProcess {
  if (ahead?.word !== word) return started(word);
  const { process } = ahead;
  ahead = undefined;
  return process;
}

function started(word: string): Deno.ChildProcess {
  const [program, ...args] = helperCommand(word);
  // Not by `node:child_process`, which takes this program for Node and gives it other arguments.
  return new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
    cwd: "/",
    clearEnv: true,
    env: environmentOfSource(),
  }).spawn();
}

/** How this program is started, from its executable or from its source. */
function ownCommand(): readonly [string, ...string[]] {
  const own = ownExecutable();
  if (own !== undefined) return [own];
  const file = (path: string) => resolve(import.meta.dirname ?? "", "../../..", path);
  const flags = ["-A", "--quiet", "--cached-only", "--no-check", "--config", file("deno.json")];
  return [Deno.execPath(), "run", ...flags, file("main.ts")];
}

/** From its source, it needs to know where its packages are. */
function environmentOfSource(): Readonly<Record<string, string>> {
  if (ownExecutable() !== undefined) return {};
  const names = ["DENO_DIR", "HOME", "PATH"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
