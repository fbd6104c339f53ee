/**
 * A person's editor, for a text that nobody else is to see.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, reasonOf, type Result } from "../base/result.ts";
import { onSignals } from "./signals.ts";

/** Kept in memory, where there is such a place. */
const IN_MEMORY = "/dev/shm";

/** Whoever hears one of these ends, unless told otherwise. */
const MORE_ENDS = ["SIGUSR1", "SIGUSR2", "SIGALRM"] as const;

/** An editor that is told to end has so long for it. */
const END_MS = 2000;

/**
 * Has a text edited and gives what became of it; the file that the editor has goes again, also when a
 * signal ends this, and then the editor is ended, too. `editor` is a command of the shell, as everywhere.
 */
export async function editText(
  name: string,
  text: Uint8Array,
  editor: string,
  mostBytes: number,
): Promise<Result<Uint8Array>> {
  const end = Promise.withResolvers<string>();
  let directory: string | undefined;
  const stopListening = onEnd((signal) => {
    // It may be the last moment in which something can be done.
    if (directory !== undefined) removeAll(directory);
    end.resolve(signal);
  });
  try {
    directory = makePrivateDirectory();
    const path = join(directory, name);
    await Deno.writeFile(path, text, { mode: 0o600 });
    // deno-lint-ignore mgmt/detached -- it needs the terminal, and this program waits for it
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", `${editor} "$@"`, editor, path],
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    const ended = await Promise.race([child.status, end.promise]);
    if (typeof ended === "string") {
      await endEditor(child);
      return fail(`${ended} ended the editor, so nothing is changed`);
    }
    if (!ended.success) {
      return fail(`the editor (${editor}) failed, so nothing is changed`, {
        ...ended.code === 127 && { hint: "name another one with EDITOR" },
      });
    }
    return await edited(path, editor, mostBytes);
  } catch (thrown) {
    return fail(`the editor (${editor}) cannot be used: ${reasonOf(thrown)}`, {
      hint: "name another one with EDITOR",
    });
  } finally {
    if (directory !== undefined) removeAll(directory);
    stopListening();
  }
}

async function edited(
  path: string,
  editor: string,
  mostBytes: number,
): Promise<Result<Uint8Array>> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) return fail(`the editor (${editor}) left no file, so nothing is changed`);
    if (size <= mostBytes) return ok(await Deno.readFile(path));
    return fail(
      `the text has ${size} bytes, and more than ${mostBytes} are not even kept: nothing is changed`,
    );
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    return fail(
      `the editor (${editor}) removed the file that it was to edit, so nothing is changed`,
      { hint: "to remove a secret, remove its file (NAME.age) and its line in recipients" },
    );
  }
}

/** SIGINT and SIGQUIT are the editor's: the keys for them reach it as well. */
function onEnd(ends: (signal: string) => void): () => void {
  const stop = onSignals((signal) => {
    if (signal !== "SIGINT") ends(signal);
  });
  const more = [
    ["SIGQUIT", () => {}] as const,
    ...MORE_ENDS.map((signal) => [signal, () => ends(signal)] as const),
  ];
  for (const [signal, listener] of more) Deno.addSignalListener(signal, listener);
  return () => {
    stop();
    for (const [signal, listener] of more) Deno.removeSignalListener(signal, listener);
  };
}

/** Together with what it has started, as the shell that it is run by, or a script around it, may have. */
async function endEditor({ pid, status }: Deno.ChildProcess): Promise<void> {
  const all = [pid, ...childrenOf(pid)];
  // The shell around it ends with it; what it does with the screen at its end comes before what is said.
  for (const each of all.length > 1 ? all.slice(1) : all) signalTo(each, "SIGTERM");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), END_MS);
  });
  const how = await Promise.race([status, late]);
  clearTimeout(timer);
  if (how !== "late") return;
  for (const each of all) signalTo(each, "SIGKILL");
  await status;
}

function childrenOf(pid: number): number[] {
  try {
    const children = [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      readFileSync(`/proc/${pid}/task/${name}/children`, "utf8").match(/\d+/g) ?? []
    ).map(Number);
    return children.flatMap((child) => [child, ...childrenOf(child)]);
  } catch {
    return [];
  }
}

function signalTo(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

function removeAll(directory: string): void {
  try {
    Deno.removeSync(directory, { recursive: true });
  } catch {
    // It is gone, or the next try at the end has it.
  }
}

/** One that nobody else can enter. */
function makePrivateDirectory(): string {
  try {
    return Deno.makeTempDirSync({ dir: IN_MEMORY, prefix: "mgmt-" });
  } catch {
    return Deno.makeTempDirSync({ prefix: "mgmt-" });
  }
}
