/**
 * What the page asks of the agent, by way of the server that it came from.
 *
 * @module
 */

/** Why something was not answered: of the agent, or (`no-agent`, `silent`, `closed`) that there is none. */
export interface ApiFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** An answer. */
export type ApiAnswer<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly failure: ApiFailure;
};

/** Which the link of the terminal led here with; without it the server answers nothing. */
const KEY_ITEM = "mgmt-key";

/** Takes the key out of the page's address. */
export function takeKey(): void {
  const key = /^#key=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (key === undefined) return;
  localStorage.setItem(KEY_ITEM, key);
  history.replaceState(null, "", "/");
}

/** Asks for one object: `status`, `graph`, `why/KEY` with the key encoded as a part of a URL. */
export async function askFor<T>(path: string, signal?: AbortSignal): Promise<ApiAnswer<T>> {
  return await whole(await get(path, { signal: signal ?? null }));
}

/** Has the agent change something: `hold`, `release`. */
export async function tell(path: string, given: object): Promise<ApiAnswer<unknown>> {
  const headers = { "content-type": "application/json", "x-mgmt-change": "1" };
  return await whole(await get(path, { method: "POST", headers, body: JSON.stringify(given) }));
}

/** Asks for objects that come one a line: `resources`, and for ever `events`. */
export async function linesOf<T>(
  path: string,
  signal?: AbortSignal,
): Promise<ApiAnswer<AsyncIterable<T>>> {
  const response = await get(path, { signal: signal ?? null });
  if (!response.ok) return response;
  const { body } = response.value;
  return body === null ? lost() : { ok: true, value: readLines<T>(body) };
}

async function* readLines<T>(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncIterable<T> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (text + value).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line);
    }
  } finally {
    // Whoever stops listening ends the connection.
    await reader.cancel().catch(() => {});
  }
}

async function whole<T>(response: ApiAnswer<Response>): Promise<ApiAnswer<T>> {
  if (!response.ok) return response;
  try {
    return { ok: true, value: await response.value.json() };
  } catch {
    return lost();
  }
}

async function get(path: string, init: RequestInit): Promise<ApiAnswer<Response>> {
  try {
    const key = localStorage.getItem(KEY_ITEM) ?? "";
    const headers = { ...init.headers, "x-mgmt-key": key };
    const response = await fetch(`/api/v1/${path}`, { ...init, headers });
    if (response.ok) return { ok: true, value: response };
    const { error } = await response.json();
    return { ok: false, failure: error };
  } catch {
    return lost();
  }
}

function lost(): ApiAnswer<never> {
  const failure = { code: "no-server", message: "mgmt web does not answer: was it ended?" };
  return { ok: false, failure };
}
