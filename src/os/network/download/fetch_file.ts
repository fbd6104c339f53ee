/**
 * Fetching one file: going on where an earlier try has ended, and believing nothing but the sum.
 *
 * @module
 */

import { eitherOf } from "../../../base/either.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import type { Clock } from "../../clock.ts";
import { machineCertificates } from "../trust.ts";
import { type Answered, ask } from "./ask.ts";
import type { DownloadRequest } from "./downloads.ts";
import { openPart, type PartFile } from "./part_file.ts";
import { shownUrl } from "../shown_url.ts";
import { whyNotFetched } from "./why.ts";

/** Where parts are kept, and whose time counts. */
export interface FetchPlace {
  readonly directory: string;
  readonly clock: Clock;
}

/** Fetches a file and hands it over; it is removed when `use` went well, and kept for the next try if not. */
export async function fetchFile(
  { directory, clock }: FetchPlace,
  request: DownloadRequest,
  use: (path: string) => Promise<Result<void>>,
): Promise<Result<void>> {
  const opened = await openPart(directory, request.sha256);
  if (!opened.ok) return opened;
  using part = opened.value;
  if (part.size === 0 || part.sum() !== request.sha256) {
    const fetched = await fetchRest(part, request, clock);
    if (!fetched.ok) return fetched;
  }
  const used = await use(part.path);
  if (used.ok) part.remove();
  return used;
}

async function fetchRest(
  part: PartFile,
  request: DownloadRequest,
  clock: Clock,
): Promise<Result<void>> {
  const resumed = part.size > 0;
  const fetched = await receive(part, request, clock);
  if (!fetched.ok) return fetched;
  if (part.sum() === request.sha256) return ok(undefined);
  const [is, size] = [part.sum(), part.size];
  const emptied = await part.empty();
  if (!emptied.ok) return emptied;
  // What was there before may be of another file of that name.
  if (resumed) return await fetchRest(part, request, clock);
  return fail(
    `GET ${shownUrl(new URL(request.url))}: what came (${size} bytes) has the SHA-256 ${is}, ` +
      `not ${request.sha256}`,
    {
      code: "checksum",
      hint:
        "nothing was written; another file stands there now, the checksum is that of another, or the server says Content-Encoding (curl --head): then it is the sum of what is unpacked on the way that counts",
    },
  );
}

async function receive(
  part: PartFile,
  request: DownloadRequest,
  clock: Clock,
): Promise<Result<void>> {
  const what = `GET ${shownUrl(new URL(request.url))}`;
  const { silenceMs, signal } = request;
  const either = eitherOf(signal);
  let timer = clock.after(silenceMs, either.abort);
  const heard = () => {
    timer.cancel();
    timer = clock.after(silenceMs, either.abort);
  };
  const caCerts = [...await machineCertificates(), ...request.authorities];
  const client = Deno.createHttpClient({ caCerts });
  try {
    const answered = await ask({ ...request, signal: either.signal }, part.size, client);
    if (!answered.ok) return answered;
    return await take(answered.value, part, { what, request, heard });
  } catch (thrown) {
    if (signal.aborted) return fail(`${what}: was stopped`, { code: "stopped" });
    if (either.signal.aborted) {
      return fail(`${what}: nothing came for ${silenceMs / 1000} s`, {
        code: "stalled",
        hint: "what has come so far is kept; the next try goes on there",
      });
    }
    return { ok: false, failure: whyNotFetched(what, thrown) };
  } finally {
    timer.cancel();
    either.end();
    client.close();
  }
}

interface Taking {
  readonly what: string;
  readonly request: DownloadRequest;
  readonly heard: () => void;
}

/** Writes the body behind what is there, or in its place where the server sends all of it. */
async function take(
  { response, from, whole }: Answered,
  part: PartFile,
  { what, request: { maxBytes, progress }, heard }: Taking,
): Promise<Result<void>> {
  const { body } = response;
  const refuse = async (result: Result<never>) => {
    await body?.cancel();
    return result;
  };
  const tooLarge = () =>
    fail(`${what}: it has more than ${maxBytes} bytes (max_size)`, {
      code: "too-large",
      hint: "look at what is there, or raise max_size",
    });
  if (from === 0 && part.size > 0) {
    const emptied = await part.empty();
    if (!emptied.ok) return emptied;
  }
  if (whole !== undefined && whole > maxBytes) return await refuse(tooLarge());
  const lacking = whole === undefined ? undefined : part.lacksRoom(whole - part.size);
  if (lacking !== undefined) return await refuse(lacking);
  for await (const piece of body ?? []) {
    heard();
    // Who leaves the loop cancels the body, which nobody else may meanwhile.
    if (part.size + piece.length > maxBytes) return tooLarge();
    const appended = await part.append(piece);
    if (!appended.ok) return appended;
    progress(part.size, whole);
  }
  if (whole === undefined || part.size >= whole) return ok(undefined);
  return fail(`${what}: the other side broke off after ${part.size} of ${whole} bytes`, {
    code: "closed",
    hint: "what has come so far is kept; the next try goes on there",
  });
}
