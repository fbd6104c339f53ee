/**
 * Messages of a bus are read as long as they are no longer than they may be. Anybody on the host may
 * send a signal to anybody, of up to 32 MiB on the system's bus, of which the library would make
 * millions of values before anybody asks who has sent it.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";

/** What the library reads from. */
export interface ReadableSide {
  read(size?: number): Uint8Array | null;
}

/** The part of a message that says how long it is: always so long itself. */
const HEAD_BYTES = 16;
const SIGNAL = 4;
const LITTLE_ENDIAN = "l".charCodeAt(0);
/** What is thrown away is read in pieces of this size. */
const PIECE_BYTES = 64 * 1024;

/** The beginning of a message in D-Bus's own format. */
interface MessageHead {
  readonly isSignal: boolean;
  /** All that follows. */
  readonly restBytes: number;
}

/**
 * Makes a stream leave out the signals that are too long. An answer that is too long is left out,
 * too, and `tooLong` is told: whoever waits for it would wait in vain.
 */
export function limitMessages(stream: ReadableSide, tooLong: (bytes: number) => void): void {
  const read = stream.read.bind(stream);
  let skippedBytes = 0;
  let isBody = false;
  stream.read = (size) => {
    for (;;) {
      if (skippedBytes > 0) {
        const piece = read(Math.min(skippedBytes, PIECE_BYTES));
        if (piece === null) return null;
        skippedBytes -= piece.length;
        continue;
      }
      const bytes = read(size);
      if (bytes === null || isBody || bytes.length < HEAD_BYTES) {
        isBody &&= bytes === null;
        return bytes;
      }
      const { isSignal, restBytes } = headOf(bytes);
      if (restBytes <= (isSignal ? LIMITS.busSignalBytes : LIMITS.busAnswerBytes)) {
        isBody = true;
        return bytes;
      }
      if (!isSignal) tooLong(restBytes);
      skippedBytes = restBytes;
    }
  };
}

function headOf(bytes: Uint8Array): MessageHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = bytes[0] === LITTLE_ENDIAN;
  const [body, fields] = [view.getUint32(4, isLittle), view.getUint32(12, isLittle)];
  return { isSignal: bytes[1] === SIGNAL, restBytes: Math.ceil(fields / 8) * 8 + body };
}
