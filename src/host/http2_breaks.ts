/**
 * Connections over HTTP/2 that break without a word.
 *
 * On one of the runtimes a connection that breaks while an answer is read tells nobody whose it was: it
 * is a rejection that nobody can handle, and would end the program. Here it becomes a call to all who
 * have such connections, so that they look whether theirs still lives.
 *
 * @module
 */

const listeners = new Set<() => void>();
let isListening = false;

/** Calls `listener` when some connection over HTTP/2 broke; the result ends that. */
export function onHttp2Break(listener: () => void): () => void {
  // Once and for all: what breaks when the last has gone must not end the program, either.
  if (!isListening) addEventListener("unhandledrejection", heard);
  isListening = true;
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function heard(event: PromiseRejectionEvent): void {
  if (!isFromHttp2(event.reason)) return;
  event.preventDefault();
  for (const listener of [...listeners]) listener();
}

/** Whether the runtime's own HTTP/2 threw it, with nothing of ours on the way. */
function isFromHttp2(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  const places = (reason.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return places.length > 0 && places.every((line) => /\b(node|ext):/.test(line)) &&
    places.some((line) => /node:http2\b/.test(line));
}
