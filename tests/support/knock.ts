/**
 * Strangers who knock at a port, out of another process.
 *
 * @module
 */

import { join } from "node:path";

/** Strangers who are at it. */
export interface Knocking {
  /** Resolves when all have knocked. */
  readonly done: Promise<string>;
  readonly isOver: () => boolean;
  /** Lets go of those that are still open. */
  end(): Promise<void>;
}

/** Has them knock so many times; how, `knocker.ts` says. */
export function knock(
  port: number,
  count: number,
  atOnce: number | "hold",
  ...kinds: string[]
): Knocking {
  const program = join(import.meta.dirname ?? ".", "knocker.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--no-lock",
      "-A",
      program,
      `${port}`,
      `${count}`,
      `${atOnce}`,
      ...kinds,
    ],
    ...{ stdin: "piped", stdout: "piped", stderr: "inherit" },
  }).spawn();
  let isOver = false;
  const reader = child.stdout.getReader();
  const done = reader.read().then(({ value }) => {
    isOver = true;
    return new TextDecoder().decode(value).trim();
  });
  const end = async () => {
    await child.stdin.close();
    await child.status;
    await reader.cancel();
  };
  return { done, isOver: () => isOver, end };
}
