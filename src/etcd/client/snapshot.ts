/**
 * A copy of all that one etcd has, as etcd gives it out for backups.
 *
 * @module
 */

import type { ISnapshotResponse } from "etcd3";
import type { Failure, Result } from "../../base/result.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { StoreAddress } from "../../cluster/store/store.ts";
import { refused } from "./failures.ts";
import { EtcdPool, type OpenStream } from "./pool.ts";

/** Time for the stream to be opened, and between two of its pieces. */
const OPEN_MS = 5000;
const QUIET_MS = 30_000;
const WHAT = "read a snapshot";

/** Reads a snapshot piece by piece; fails where `write` does, or where it does not come to its end. */
export async function readSnapshot(
  address: StoreAddress,
  clock: Clock,
  write: (piece: Uint8Array) => Promise<Failure | undefined>,
): Promise<Result<void>> {
  const pool = new EtcdPool(address, clock);
  try {
    const call = { what: WHAT, service: "Maintenance", method: "snapshot", request: {} } as const;
    const opened = await pool.open(call, { deadlineMs: OPEN_MS });
    if (!opened.ok) return opened;
    const failure = await copy(opened.value, clock, write);
    return failure === undefined ? { ok: true, value: undefined } : { ok: false, failure };
  } finally {
    pool.close();
  }
}

function copy(
  { stream, url, ended, refused: judged }: OpenStream,
  clock: Clock,
  write: (piece: Uint8Array) => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    let timer: Timer | undefined = undefined;
    let left = Infinity;
    let isOver = false;
    let writing: Promise<void> = Promise.resolve();
    const end = (failure: Failure | undefined) => {
      if (isOver) return;
      isOver = true;
      timer?.cancel();
      stream.cancel();
      ended();
      resolve(failure);
    };
    const broken = (why: string) => end(refused(WHAT, url, why, "unavailable").failure);
    const expect = () => {
      timer?.cancel();
      timer = clock.after(QUIET_MS, () => broken("it does not go on"));
    };
    stream.on("error", (error) => end(judged(error).failure));
    stream.on("data", (message) => {
      const { blob, remaining_bytes } = message as ISnapshotResponse;
      left = Number(remaining_bytes);
      // A slow disk must not fill the memory.
      stream.pause();
      writing = writing.then(() => isOver ? undefined : write(blob)).then((failure) => {
        if (failure !== undefined) end(failure);
        expect();
        stream.resume();
      });
    });
    stream.on("end", () => {
      void writing.then(() => left === 0 ? end(undefined) : broken("it ended before its end"));
    });
    expect();
  });
}
