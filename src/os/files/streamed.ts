/**
 * Contents that come piece by piece from somewhere else than a file.
 *
 * @module
 */

import { fail, type Failure, ok, reasonOf, type Result } from "../../base/result.ts";
import type { StreamedContent } from "./files.ts";

/** Ends the reading of a stream with a failure, through whatever stands in between. */
export class ReadingEnds extends Error {
  readonly failure: Failure;

  constructor(why: Failure) {
    super(why.message);
    this.failure = why;
  }
}

/** The code of the failure of a stream that cannot be read to its end. */
export const BROKEN_STREAM = "broken-stream";

/** Calls `take` with each piece; the result is where the content ends. */
export async function eachStreamed(
  { pieces }: StreamedContent,
  take: (piece: Uint8Array, position: number) => Promise<Result<void>>,
  from: number,
): Promise<Result<number>> {
  let position = from;
  try {
    for await (const piece of pieces) {
      const taken = await take(piece, position);
      if (!taken.ok) return taken;
      position += piece.length;
    }
    return ok(position);
  } catch (thrown) {
    if (thrown instanceof ReadingEnds) return { ok: false, failure: thrown.failure };
    return fail(reasonOf(thrown), { code: BROKEN_STREAM });
  }
}
