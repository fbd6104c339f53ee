/**
 * How a link becomes a session. Looking at the link changes nothing, since programs do that unasked (previews,
 * scanners, clipboards): the page that it shows has a button, and the button redeems the link.
 *
 * @module
 */

import { type Address, addressText } from "../base/address.ts";
import { failure } from "../base/result.ts";
import type { HttpRequest } from "../os/network/listen/request.ts";
import { policyHash } from "../os/policy_hash.ts";
import type { WebAdmission } from "./admission.ts";
import { isFetchedAhead } from "./guard.ts";
import { failureText, type WebAnswer } from "./web_answer.ts";

const LINK = /^\/login\?token=([0-9a-f]{64})$/;
const FORM = "/login";
const GIVEN = /^token=([0-9a-f]{64})$/;
const FORM_TYPE = /^application\/x-www-form-urlencoded *(;|$)/i;

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:15vh auto;max-width:28em;padding:0 16px}
button{font:inherit;min-height:44px;padding:0 20px}`;
/** The address line, and what remembers it, need not know the token. */
const SCRIPT = `history.replaceState(null,"","/login")`;

const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src ${policyHash(STYLE)}`,
    `script-src ${policyHash(SCRIPT)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  // With no-referrer browsers call the form's origin null; this tells the origin alone, and no token.
  "referrer-policy": "strict-origin",
};

/** Who logs in where. */
interface LoginParts {
  readonly admission: WebAdmission;
  readonly address: Address;
}

/** What somebody with a link gets; undefined: this is about something else. */
export function loginAnswer(
  request: HttpRequest & { readonly body: Uint8Array },
  { admission, address }: LoginParts,
): WebAnswer | undefined {
  const { method, target, headers } = request;
  const isAhead = isFetchedAhead(request);
  if (method === "GET") {
    const token = LINK.exec(target)?.[1];
    if (token === undefined) return undefined;
    return !isAhead && admission.isGood(token) ? askingPage(token) : noGood();
  }
  if (target !== FORM) return undefined;
  if (headers.get("origin") !== addressText(address)) {
    return failureText(failure("only the button of the link's own page logs in", {
      code: "forbidden",
      hint: "open the link in a browser, and press the button",
    }));
  }
  const isForm = FORM_TYPE.test(headers.get("content-type") ?? "");
  const token = isForm ? GIVEN.exec(new TextDecoder().decode(request.body))?.[1] : undefined;
  const session = token === undefined || isAhead ? undefined : admission.logIn(token);
  if (session === undefined) return noGood();
  const cookie = `${cookieName(address)}=${session.cookie}; HttpOnly; SameSite=Strict; Path=/`;
  // The key is behind #, which browsers tell no server.
  const sent = { location: `/#key=${session.key}`, "set-cookie": cookie };
  return { status: 303, type: "text/plain", body: "", headers: sent };
}

/** The cookie's name; servers at other ports of the address have cookies of their own. */
export function cookieName({ port }: Address): string {
  return `mgmt-${port}`;
}

function askingPage(token: string): WebAnswer {
  const body = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>mgmt: log in</title>
    <link rel="icon" href="data:,">
    <style>${STYLE}</style>
    <script>${SCRIPT}</script>
  </head>
  <body>
    <main>
      <h1>mgmt</h1>
      <form method="post" action="${FORM}">
        <input type="hidden" name="token" value="${token}">
        <p id="once">The link is good once: the button uses it for this browser.</p>
        <button aria-describedby="once" autofocus>Show the page</button>
      </form>
    </main>
  </body>
</html>
`;
  return { status: 200, type: "text/html; charset=utf-8", body, headers: HEADERS };
}

function noGood(): WebAnswer {
  return failureText(
    failure("this link is not good (any more): it is good once, for ten minutes", {
      code: "unauthorized",
      hint: "press Enter where mgmt web runs for another",
    }),
  );
}
