/**
 * The page's server in this process, with an agent that notes what it is asked, and raw connections to it.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import { ok } from "../../src/base/result.ts";
import { createLocalRandom } from "../../src/os/local_random.ts";
import { listen } from "../../src/os/network/listen/listener.ts";
import { WebAdmission, type WebSession } from "../../src/web/admission.ts";
import type { AskAgent, WebQuestion } from "../../src/web/agent_door.ts";
import { servePage } from "../../src/web/page_server.ts";
import { freePort } from "./free_port.ts";

/** An answer as it came over the connection. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A server, and who asks it. */
export interface PageWorld {
  readonly address: Address;
  readonly admission: WebAdmission;
  readonly session: WebSession;
  /** What the agent was asked and told, `GET /v1/status`. */
  readonly asked: string[];
  /** Objects that it was told. */
  readonly told: object[];
  /** The time that passes for links and sessions; `sleptMs`: besides, while the machine slept. */
  readonly clock: { ms: number; sleptMs: number };
  /** Sends a text as it is; what comes until the other side ends it. */
  raw(text: string): Promise<RawAnswer>;
  /** A request with a head of its own; `Host` and what shows that somebody has logged in are added. */
  ask(line: string, headers?: Record<string, string>, body?: string): Promise<RawAnswer>;
}

/** How the agent answers. */
export interface PageWorldOptions {
  readonly agent?: AskAgent;
  readonly allowChanges?: boolean;
}

/** Lets `test` ask such a server. */
export async function withPageServer(
  test: (world: PageWorld) => Promise<void>,
  { agent = answering(["{}"]), allowChanges = false }: PageWorldOptions = {},
): Promise<void> {
  const address: Address = { scheme: "http", host: "127.0.0.1", port: freePort() };
  const [asked, told]: [string[], object[]] = [[], []];
  const clock = { ms: 0, sleptMs: 0 };
  const both = { nowMs: () => clock.ms, wall: () => new Date(clock.ms + clock.sleptMs) };
  const admission = new WebAdmission(both, createLocalRandom());
  const ask = (question: WebQuestion) => {
    asked.push(`${question.method} ${question.path}`);
    if (question.given !== undefined) told.push(question.given);
    return agent(question);
  };
  const tell = allowChanges
    ? (change: Omit<WebQuestion, "method">) => ask({ method: "POST", ...change })
    : undefined;
  const files = { "index.html": "<!doctype html>", "main.js": "1", "secret.txt": "no" };
  const opened = listen(
    { address, connectionsMax: 64, connectionMs: 10_000 },
    servePage({ address, admission, files, ask, tell }),
  );
  assert(opened.ok);
  const session = admission.logIn(admission.newToken());
  assert(session !== undefined);
  const raw = (text: string) => rawAnswer(address.port, text);
  const shown = {
    "host": `127.0.0.1:${address.port}`,
    "cookie": `mgmt-${address.port}=${session.cookie}`,
    "x-mgmt-key": session.key,
  };
  try {
    await test({
      ...{ address, admission, session, asked, told, clock, raw },
      ask: (line, headers = {}, body = "") =>
        raw(requestText(line, { ...shown, ...headers }, body)),
    });
  } finally {
    await opened.value.close();
  }
}

function requestText(line: string, headers: Record<string, string>, body: string): string {
  const length = body === "" ? {} : { "content-length": `${body.length}` };
  const head = Object.entries({ ...headers, ...length }).filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${head.join("")}\r\n${body}`;
}

/** An agent that gives these lines to every question. */
export function answering(lines: readonly string[]): AskAgent {
  return () => {
    const left = [...lines];
    return Promise.resolve(ok({
      line: () => Promise.resolve(left.shift()),
      [Symbol.dispose]: () => {},
    }));
  };
}

async function rawAnswer(port: number, text: string): Promise<RawAnswer> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  // Who is refused early may not take all of it.
  const sent = connection.write(new TextEncoder().encode(text)).catch(() => {});
  const answer = await new Response(connection.readable).text();
  await sent;
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  return {
    status: Number(first.split(" ")[1] ?? 0),
    headers: new Map(lines.map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    })),
    body: rest.join("\r\n\r\n"),
  };
}
