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
  const response = await get(path, signal);
  if (!response.ok) return response;
  try {
    return { ok: true, value: await response.value.json() };
  } catch {
    return lost();
  }
}

/** Asks for objects that come one a line: `resources`, and for ever `events`. */
export async function* linesOf<T>(path: string, signal?: AbortSignal): AsyncGenerator<T> {
  const response = await get(path, signal);
  if (!response.ok || response.value.body === null) return;
  const reader = response.value.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (text + value).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

async function get(path: string, signal?: AbortSignal): Promise<ApiAnswer<Response>> {
  try {
    const headers = { "x-mgmt-key": localStorage.getItem(KEY_ITEM) ?? "" };
    const response = await fetch(`/api/v1/${path}`, { headers, signal: signal ?? null });
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
