/**
 * What the runtimes' own HTTP/2 lacks.
 *
 * On one of them a connection that breaks while an answer is read tells nobody whose it was: it is a
 * rejection that nobody can handle, and would end the program. Here it becomes a call to all who have
 * such connections, so that they look whether theirs still lives. It also sends small requests late
 * (by 40 ms): each frame waits until the one before it is acknowledged.
 *
 * @module
 */

import net from "node:net";

const listeners = new Set<() => void>();
let isPrepared = false;

/** Calls `listener` when some connection over HTTP/2 broke; the result ends that. */
export function onHttp2Break(listener: () => void): () => void {
  // Once and for all: what breaks when the last has gone must not end the program, either.
  if (!isPrepared) prepare();
  isPrepared = true;
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function prepare(): void {
  addEventListener("unhandledrejection", heard);
  const { connect } = net;
  const atOnce = (...given: unknown[]) => {
    const socket = Reflect.apply(connect, net, given) as net.Socket;
    // Before it is connected this is forgotten there, but counts as done.
    return socket.once("connect", () => socket.setNoDelay(false).setNoDelay(true));
  };
  net.connect = atOnce as typeof connect;
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
