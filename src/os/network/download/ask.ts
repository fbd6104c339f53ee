/**
 * Asking for a file, or for the rest of one, over redirections that stay with https.
 *
 * @module
 */

import { fail, ok, type Result } from "../../../base/result.ts";
import type { DownloadRequest } from "./downloads.ts";
import { shownUrl } from "../shown_url.ts";

/** An answer whose body is the file. */
export interface Answered {
  readonly response: Response;
  /** Where in the file the body begins. */
  readonly from: number;
  /** How large the file is, where the server says that. */
  readonly whole: number | undefined;
}

const REDIRECTIONS_MOST = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Asks for the bytes from a position on. What breaks is thrown. */
export async function ask(
  { url, headers, signal }: Pick<DownloadRequest, "url" | "headers" | "signal">,
  from: number,
  client: Deno.HttpClient,
): Promise<Result<Answered>> {
  const what = `GET ${shownUrl(new URL(url))}`;
  const first = new URL(url);
  let at = first;
  for (let count = 0; count <= REDIRECTIONS_MOST; count++) {
    // A compressed answer would have another sum, and the positions of another file.
    const sent = new Headers({ "accept-encoding": "identity", "user-agent": "mgmt" });
    // What lets in there is nobody else's to know.
    if (at.origin === first.origin) {
      for (const [name, value] of Object.entries(headers)) sent.set(name, value);
    }
    if (from > 0) sent.set("range", `bytes=${from}-`);
    const response = await fetch(at, { client, signal, redirect: "manual", headers: sent });
    if (!REDIRECTS.has(response.status)) return await judge(what, response, from);
    await response.body?.cancel();
    const next = followed(response.headers.get("location"), at);
    if (next === undefined) {
      return fail(`${what}: leads to where there is no https`, {
        code: "redirect",
        hint: "look at where it leads with curl --head, and write that URL",
      });
    }
    at = next;
  }
  return fail(`${what}: leads from one to the next more than ${REDIRECTIONS_MOST} times`, {
    code: "redirect",
  });
}

function followed(location: string | null, from: URL): URL | undefined {
  if (location === null || !URL.canParse(location, from.href)) return undefined;
  const next = new URL(location, from.href);
  return next.protocol === "https:" ? next : undefined;
}

async function judge(what: string, response: Response, from: number): Promise<Result<Answered>> {
  const { status, statusText, headers } = response;
  if (status === 200) return ok({ response, from: 0, whole: numberIn(headers, "content-length") });
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (status === 206 && range !== null && Number(range[1]) === from) {
    const whole = range[2] === "*" ? undefined : Number(range[2]);
    return ok({ response, from, whole });
  }
  await response.body?.cancel();
  // There is no such rest: what is there is all of it, or of another file, which its sum will tell.
  if (status === 416 && from > 0) {
    return ok({ response: new Response(null), from, whole: undefined });
  }
  return fail(`${what}: answered ${`${status} ${statusText}`.trim()}`, {
    code: "status",
    ...hintOf(status),
  });
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  return text === null || !/^\d{1,15}$/.test(text) ? undefined : Number(text);
}

function hintOf(status: number): { readonly hint?: string } {
  if (status === 401 || status === 403) {
    return { hint: "it asks who you are: set headers, for instance Authorization" };
  }
  return status === 404 || status === 410 ? { hint: "is the URL right? try: curl --head URL" } : {};
}
