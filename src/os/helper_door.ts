/**
 * The only door of a process that helps the agent: lines from its standard input, and to its standard output.
 *
 * @module
 */

import { limitHelper } from "./native/helper_limits.ts";

/** Speaks with the agent. Both wait, and nothing else happens meanwhile. */
export interface HelperDoor {
  /** The next line; undefined: there are no more. */
  readLine(): string | undefined;
  writeLine(text: string): void;
  /** There is nothing to do for a while: memory that is not used is given back. */
  rest(): void;
  /** Resolves when promises have nothing more to do, and those that were rejected have been told of. */
  settled(): Promise<void>;
  /** Ends the process. */
  end(): void;
  /** What nobody else knows, and nobody can guess. */
  readonly nonce: string;
}

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
const PERMISSIONS = ["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const;

/** Opens the door, and gives up all else for the rest of the process's life. */
export function openHelperDoor(limits: { readonly memoryBytes: number }): HelperDoor {
  const trim = limitHelper(limits);
  const collect = (globalThis as { gc?: () => void }).gc;
  for (const name of PERMISSIONS) Deno.permissions.revokeSync({ name });
  const { stdin, stdout, exit } = Deno;
  const startTimer = setTimeout;
  const encoder = new TextEncoder();
  return {
    readLine: lineReader((into) => stdin.readSync(into)),
    rest() {
      collect?.();
      trim();
    },
    // A timer may come before the rejections of its own turn of the loop.
    settled: () => new Promise((resolve) => startTimer(() => startTimer(resolve, 0), 0)),
    end: () => exit(0),
    nonce: crypto.randomUUID(),
    writeLine(text) {
      const bytes = encoder.encode(`${text}\n`);
      for (let done = 0; done < bytes.length;) done += stdout.writeSync(bytes.subarray(done));
    },
  };
}

function lineReader(read: (into: Uint8Array) => number | null): () => string | undefined {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK_BYTES);
  const parts: Uint8Array[] = [];
  let rest = chunk.subarray(0, 0);
  return () => {
    for (;;) {
      const end = rest.indexOf(LINE_FEED);
      if (end >= 0) {
        parts.push(rest.slice(0, end));
        rest = rest.subarray(end + 1);
        return decoder.decode(joined(parts.splice(0)));
      }
      parts.push(rest.slice());
      const count = read(chunk);
      if (count === null) return undefined;
      rest = chunk.subarray(0, count);
    }
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
