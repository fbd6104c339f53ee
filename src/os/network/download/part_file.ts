/**
 * What has come so far of a download: a file that is named after the sum that it is to have.
 *
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { ok, type Result } from "../../../base/result.ts";
import { lacksRoom } from "../../files/room.ts";
import { errorCode, refusedBy, systemFailure } from "../../files/system_error.ts";

/** Parts of others that are kept: what nobody goes on with must not fill the disk. */
const OTHERS_MOST = 8;
const PIECE_BYTES = 256 * 1024;

/** An open part, positioned at its end. */
export interface PartFile extends Disposable {
  readonly path: string;
  /** Bytes so far. */
  readonly size: number;
  /** The sum of them, as hexadecimal digits. */
  sum(): string;
  /** Writes what comes next. */
  append(bytes: Uint8Array): Promise<Result<void>>;
  /** Why so many bytes more would not find room; undefined: they may. */
  lacksRoom(bytes: number): Result<never> | undefined;
  /** Begins anew. */
  empty(): Promise<Result<void>>;
  /** Removes it. */
  remove(): void;
}

/** Opens the part of a sum in a directory that belongs to this program alone, and reads what is there. */
export async function openPart(directory: string, sha256: string): Promise<Result<PartFile>> {
  const path = `${directory}/${sha256}`;
  const doing = `write ${path}`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    forgetOthers(directory, sha256);
    const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
    const state = { hash: createHash("sha256"), size: 0 };
    try {
      await readThrough(file, state);
    } catch (thrown) {
      file.close();
      throw thrown;
    }
    return ok(partOf(path, doing, file, state));
  } catch (thrown) {
    return systemFailure(thrown, doing);
  }
}

interface PartState {
  hash: Hash;
  size: number;
}

function partOf(path: string, doing: string, file: Deno.FsFile, state: PartState): PartFile {
  let open = true;
  const close = () => {
    if (open) file.close();
    open = false;
  };
  const remove = () => {
    close();
    rmSync(path, { force: true });
  };
  return {
    path,
    get size() {
      return state.size;
    },
    sum: () => state.hash.copy().digest("hex"),
    async append(bytes) {
      try {
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
      } catch (thrown) {
        // What fills the disk is in the way of all others.
        if (["ENOSPC", "EDQUOT"].includes(errorCode(thrown) ?? "")) remove();
        return systemFailure(thrown, doing);
      }
      state.hash.update(bytes);
      state.size += bytes.length;
      return ok(undefined);
    },
    lacksRoom: (bytes) => lacksRoom(path, bytes) ? refusedBy("ENOSPC", doing) : undefined,
    async empty() {
      try {
        await file.truncate(0);
        await file.seek(0, Deno.SeekMode.Start);
      } catch (thrown) {
        return systemFailure(thrown, doing);
      }
      [state.hash, state.size] = [createHash("sha256"), 0];
      return ok(undefined);
    },
    remove,
    [Symbol.dispose]: close,
  };
}

async function readThrough(file: Deno.FsFile, state: PartState): Promise<void> {
  const buffer = new Uint8Array(PIECE_BYTES);
  for (;;) {
    const count = await file.read(buffer);
    if (count === null) return;
    state.hash.update(buffer.subarray(0, count));
    state.size += count;
  }
}

function forgetOthers(directory: string, sha256: string): void {
  const others = readdirSync(directory).filter((name) => name !== sha256);
  if (others.length <= OTHERS_MOST) return;
  const byAge = others.map((name) => ({ name, changedMs: changedMsOf(`${directory}/${name}`) }))
    .sort((a, b) => b.changedMs - a.changedMs);
  for (const { name } of byAge.slice(OTHERS_MOST)) rmSync(`${directory}/${name}`, { force: true });
}

/** Another download may just have ended. */
function changedMsOf(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
