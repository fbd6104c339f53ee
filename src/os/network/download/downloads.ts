/**
 * Files fetched over https, each known by its sum. What has come so far is kept below the prefix, so that
 * the next try goes on there, also after a crash. Proxies of the agent's environment are used: whose bytes
 * they are, the sum says.
 *
 * @module
 */

import type { Result } from "../../../base/result.ts";
import type { Clock } from "../../clock.ts";

/** What is to be fetched. */
export interface DownloadRequest {
  /** Begins with `https:`. */
  readonly url: string;
  /** What all of it must have, as hexadecimal digits. */
  readonly sha256: string;
  /** Sent to the host of the URL, and to no other that it leads to. */
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates (PEM) of authorities that are believed besides those of the machine. */
  readonly authorities: readonly string[];
  readonly maxBytes: number;
  /** What is silent for so long is given up. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** Called for each piece: bytes so far, and of how many, where the server says that. */
  readonly progress: (bytes: number, ofBytes: number | undefined) => void;
}

/** The way to files elsewhere. */
export interface Downloads {
  /**
   * Has `use` work with the file that was fetched, which is gone afterwards if that went well. The code of a
   * failure is `status`, `checksum`, `too-large`, `redirect`, `stalled`, `no-authority`, the kernel's word,
   * or one of {@linkcode Network}.
   */
  fetch(
    request: DownloadRequest,
    use: (path: string) => Promise<Result<void>>,
  ): Promise<Result<void>>;
}

/** Where they are kept, and whose time counts. */
export interface DownloadPlace {
  /** Undefined: nothing may be written. */
  readonly prefix: string | undefined;
  readonly clock: Clock;
}
