/**
 * Serves the page, and what it asks of the agent, to whoever was let in. One request on each connection,
 * so that nothing can hide behind another.
 *
 * @module
 */

import type { Address } from "../base/address.ts";
import { failure, type Result } from "../base/result.ts";
import { Incoming } from "../os/network/incoming.ts";
import { hostName } from "../os/host_name.ts";
import type { Serve, ServedConnection } from "../os/network/listen/listener.ts";
import { type HttpRequest, readRequest } from "../os/network/listen/request.ts";
import type { WebAdmission } from "./admission.ts";
import type { AgentAnswer, AskAgent, TellAgent } from "./agent_door.ts";
import { API, readApiPath } from "./api_path.ts";
import { assetType, INDEX, type PageFiles } from "./assets.ts";
import { readChange } from "./change.ts";
import { LOOKED_AT, refusedOutright } from "./guard.ts";
import { cookieName, loginAnswer } from "./login.ts";
import { sendAnswer } from "./send_answer.ts";
import { failureAnswer, failureText, JSON_TYPE, LINES_TYPE, type WebAnswer } from "./web_answer.ts";

/** What the server is made of. */
export interface PageServerParts {
  /** Where it listens, which is what browsers must call it. */
  readonly address: Address;
  readonly admission: WebAdmission;
  readonly files: PageFiles;
  readonly ask: AskAgent;
  /** Tells the agent of changes; undefined: that is not allowed. */
  readonly tell: TellAgent | undefined;
}

/** A request of a browser is no longer than this, headers aside. */
const LINE_BYTES_MAX = 16 * 1024;
/** What comes after a refusal is read for so long: who ends with something unread breaks the answer off. */
const REST = { ms: 200, bytes: 1024 * 1024 };
/** For the agent to answer, besides what that may take. */
const AGENT_MS = 15_000;

/** What this server says of itself. */
const ABOUT = `${API}web`;
const ONLY_GET = failure("there is only GET here", { code: "wrong-method" });

const ASSETS = "/assets/";

/** Answers one request of a connection. */
export function servePage(parts: PageServerParts): Serve {
  return async (connection) => {
    const incoming = new Incoming(connection);
    const asked = await readRequest(incoming, LINE_BYTES_MAX, LOOKED_AT);
    if (asked === "nothing") return;
    const refused = typeof asked === "string"
      ? unread(asked)
      : refusedOutright(asked, parts.address);
    if (refused !== undefined || typeof asked === "string") {
      const headers = refused?.code === "wrong-method" ? { allow: "GET, POST" } : {};
      const method = typeof asked === "string" ? undefined : asked.method;
      await sendAnswer(connection, failureText(refused ?? unread("bad"), headers), method);
      const isRead = typeof asked !== "string" && asked.bodyBytes === 0;
      if (!isRead) connection.mayLast(REST.ms);
      return isRead ? undefined : void await incoming.bytes(REST.bytes);
    }
    const body = await incoming.bytes(asked.bodyBytes ?? 0);
    if (body.length < (asked.bodyBytes ?? 0)) return;
    const gone = new AbortController();
    void incoming.bytes(1).catch(() => {}).then(() => gone.abort());
    try {
      await sendAnswer(
        connection,
        await answerTo({ ...asked, body, signal: gone.signal }, parts, connection),
        asked.method,
      );
    } finally {
      gone.abort();
    }
  };
}

function unread(asked: "bad" | "http2" | "too long") {
  return asked === "too long"
    ? failure("the request is too large", { code: "too-large" })
    : failure("this is no request in HTTP/1.1", { code: "bad-request" });
}

/** A request with all that belongs to it. */
interface WholeRequest extends HttpRequest {
  readonly body: Uint8Array;
  /** Aborts when whoever asked is gone. */
  readonly signal: AbortSignal;
}

async function answerTo(
  request: WholeRequest,
  parts: PageServerParts,
  connection: ServedConnection,
): Promise<WebAnswer> {
  const { target, method, signal } = request;
  const login = loginAnswer(request, parts);
  if (login !== undefined) return login;
  const cookie = cookieOf(request, parts.address);
  if (!parts.admission.knows(cookie)) return outside(target);
  if (!target.startsWith(API)) {
    return method === "GET" ? fileAt(target, parts.files) : failureText(ONLY_GET, { allow: "GET" });
  }
  const key = request.headers.get("x-mgmt-key");
  if (!parts.admission.isPage({ cookie, key })) return outside(target);
  connection.admit();
  if (method === "POST") {
    connection.mayLast(AGENT_MS);
    return await toAgent(request, parts);
  }
  if (target === ABOUT) {
    const about = { version: 1, host: hostName(), changes: parts.tell !== undefined };
    return wholeAnswer(JSON.stringify(about));
  }
  return await fromAgent(target, parts.ask, connection, signal);
}

async function toAgent(
  request: WholeRequest,
  { tell, address }: PageServerParts,
): Promise<WebAnswer> {
  const wish = readChange(request, address);
  if (!wish.ok) return failureAnswer(wish.failure);
  if (tell === undefined) {
    return failureAnswer(failure("this page only looks on", {
      code: "forbidden",
      hint: "start it with mgmt web --allow-changes",
    }));
  }
  const answered = await tell({ ...wish.value, signal: request.signal });
  return answered.ok ? wholeAnswer(await wholeOf(answered)) : failureAnswer(answered.failure);
}

function outside(target: string): WebAnswer {
  const why = failure("whoever wants to see this needs a link that mgmt web shows", {
    code: "unauthorized",
    hint: "press Enter where mgmt web runs, and open the link that it prints",
  });
  return target.startsWith(API) ? failureAnswer(why) : failureText(why);
}

function fileAt(target: string, files: PageFiles): WebAnswer {
  const name = target === "/"
    ? INDEX
    : target.startsWith(ASSETS)
    ? target.slice(ASSETS.length)
    : "";
  const type = assetType(name);
  const body = type !== undefined && Object.hasOwn(files, name) ? files[name] : undefined;
  return type === undefined || body === undefined
    ? failureText(failure("there is nothing of that name", { code: "unknown-path" }))
    : { status: 200, type, body };
}

async function fromAgent(
  target: string,
  ask: AskAgent,
  connection: ServedConnection,
  signal: AbortSignal,
): Promise<WebAnswer> {
  const asked = readApiPath(target);
  if (!asked.ok) return failureAnswer(asked.failure);
  const { lines, ...question } = asked.value;
  connection.mayLast(AGENT_MS + (question.answerMs ?? 0));
  const answered = await ask({ method: "GET", ...question, signal });
  if (!answered.ok) return failureAnswer(answered.failure);
  if (lines !== undefined) {
    return { status: 200, type: LINES_TYPE, body: linesOf(answered.value) };
  }
  return wholeAnswer(await wholeOf(answered));
}

async function wholeOf(answered: Result<AgentAnswer> & { ok: true }): Promise<string | undefined> {
  using answer = answered.value;
  return await answer.line();
}

function wholeAnswer(line: string | undefined): WebAnswer {
  return line === undefined
    ? failureAnswer(failure("the agent ended before it had answered", { code: "closed" }))
    : { status: 200, type: JSON_TYPE, body: `${line}\n` };
}

/** No line is read before the one before has been taken, so that a slow browser keeps nothing here. */
async function* linesOf(given: AgentAnswer): AsyncIterable<string> {
  using answer = given;
  for (let line; (line = await answer.line()) !== undefined;) yield line;
}

function cookieOf({ headers }: HttpRequest, address: Address): string | undefined {
  const name = `${cookieName(address)}=`;
  const found = headers.get("cookie")?.split(/; */).find((each) => each.startsWith(name));
  return found?.slice(name.length);
}
