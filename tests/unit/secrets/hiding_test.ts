import { assert, assertEquals, assertLess } from "@std/assert";
import { HIDDEN, Hider } from "../../../src/secrets/hiding.ts";
import { patternsOf } from "../../../src/secrets/patterns.ts";
import { processorMs } from "../../support/processor_time.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function hiderOf(...values: readonly string[]): Hider {
  return new Hider(patternsOf(values.map((value) => encoder.encode(value))));
}

/** What comes through where the text comes in pieces that end at these places. */
function throughIn(hider: Hider, text: string, cuts: readonly number[]): string {
  const bytes = encoder.encode(text);
  const filter = hider.filter();
  const places = [...cuts, bytes.length];
  const pieces = places.map((end, index) =>
    decoder.decode(filter.push(bytes.subarray(places[index - 1] ?? 0, end)))
  );
  return pieces.join("") + decoder.decode(filter.end());
}

Deno.test("a value is hidden wherever pieces end", () => {
  const hider = hiderOf("abcab-canary");
  const text = "x abcab-canary y ababcab-canaryabcab-canary abcab-canar";
  const expected = `x ${HIDDEN} y ab${HIDDEN} ${HIDDEN}`;
  for (let first = 0; first <= text.length; first++) {
    for (let second = first; second <= text.length; second++) {
      assertEquals(throughIn(hider, text, [first, second]), expected, `${first} ${second}`);
    }
  }
});

Deno.test("a value is hidden byte by byte, also where values overlap and repeat themselves", () => {
  const hider = hiderOf("aaaa", "aabaa", "zq-long-one", "xyz");
  const text = "xyzq-long-one aaaabaaaaa xyzq-lon baab";
  const cuts = Array.from({ length: text.length }, (_, index) => index + 1);
  const expected = `${HIDDEN} ${HIDDEN} ${HIDDEN}q-lon baab`;
  assertEquals(throughIn(hider, text, cuts), expected);
  assertEquals([throughIn(hider, text, []), hider.text(text)], [expected, expected]);
});

Deno.test("what never ends is not held back for ever", () => {
  const filter = hiderOf("aaaa").filter();
  let shown = 0;
  for (let times = 0; times < 2000; times++) {
    shown += filter.push(encoder.encode("a".repeat(50))).length;
  }
  assertEquals(shown, HIDDEN.length);
  assertEquals(decoder.decode(filter.push(encoder.encode("b"))), "b");
});

Deno.test("usual forms of a value are hidden: base64 at any place, hex, JSON, addresses, lines", () => {
  const value = "p\"ss w'rd/ö-canary\nsecond line of it\nno\n";
  const hider = hiderOf(value);
  const bytes = encoder.encode(value.trim());
  const base64 = (text: string) => btoa(String.fromCharCode(...encoder.encode(text)));
  const forms = [
    value.trim(),
    "second line of it",
    base64(value),
    base64(value.trim()),
    JSON.stringify(value.trim()).slice(1, -1),
    encodeURIComponent(value.trim()),
    value.trim().replaceAll("'", "'\\''"),
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  ];
  for (const form of forms) assertEquals(hider.text(`<${form}>`), `<${HIDDEN}>`, form);
  for (const user of ["u:", "us:", "usr:"]) {
    const said = hider.text(`Basic ${base64(user + value.trim())}.`);
    const shown = said.replace(HIDDEN, "").replace("Basic ", "").replaceAll(/[=.]/g, "");
    assert(said.includes(HIDDEN) && shown.length <= 8, said);
  }
  assertEquals(hider.text("no second line"), "no second line");
});

Deno.test("forms of other languages are hidden: json.dumps, quote, quote_plus, shlex, YAML, double quotes, HTML", async () => {
  const value = "p\"ä 😀/$+(w)'r*d!~&<`\\>b";
  const hider = hiderOf(value);
  const forms = [
    "p\\\"\\u00e4 \\ud83d\\ude00/$+(w)'r*d!~&<`\\\\>b",
    "p\\\"\\u00e4 \\ud83d\\ude00\\/$+(w)'r*d!~&<`\\\\>b",
    "p\\\"ä 😀/$+(w)'r*d!~\\u0026\\u003c`\\\\\\u003eb",
    "p%22%C3%A4%20%F0%9F%98%80/%24%2B%28w%29%27r%2Ad%21~%26%3C%60%5C%3Eb",
    "p%22%C3%A4+%F0%9F%98%80%2F%24%2B%28w%29%27r%2Ad%21~%26%3C%60%5C%3Eb",
    "p%22%c3%a4%20%f0%9f%98%80%2f%24%2b%28w%29%27r%2ad%21~%26%3c%60%5c%3eb",
    new URLSearchParams({ value }).toString().slice("value=".length),
    encodeURI(value),
    value.replaceAll("'", "'\"'\"'"),
    "p\\\"ä 😀/\\$+(w)'r*d!~&<\\`\\\\>b",
    value.replaceAll("'", "''"),
    "p&quot;ä 😀/$+(w)&#x27;r*d!~&amp;&lt;`\\&gt;b",
    "p&#34;ä 😀/$+(w)&#39;r*d!~&amp;&lt;`\\&gt;b",
  ];
  const script = "import html, json, shlex, sys\nfrom urllib.parse import quote, quote_plus\n" +
    "v = sys.argv[1]\n" +
    "print(json.dumps(v)[1:-1], quote(v), quote_plus(v), shlex.quote(v)[1:-1], html.escape(v), sep='\\n')";
  const python = await new Deno.Command("python3", { args: ["-c", script, value] }).output();
  assert(python.success, decoder.decode(python.stderr));
  forms.push(...decoder.decode(python.stdout).trim().split("\n"));
  for (const form of forms) assertEquals(hider.text(`<${form}>`), `<${HIDDEN}>`, form);
  // A plain value has no form of its own in most of them.
  assert(patternsOf([encoder.encode("plain-value-1234")]).length < 20);
});

Deno.test("where a stream ends in the middle of a value, as at a timeout, its beginning is hidden", () => {
  const hider = hiderOf("Sup3r-canary");
  for (let length = 1; length < "Sup3r-canary".length; length++) {
    const begun = "Sup3r-canary".slice(0, length);
    const shown = length < 4 ? begun : HIDDEN;
    for (const cuts of [[], [4 + length - 1], [2, 5]]) {
      assertEquals(throughIn(hider, `say ${begun}`, cuts), `say ${shown}`, begun);
    }
    // It ends there and goes on with something else: nothing was cut off.
    assertEquals(throughIn(hider, `${begun}\n`, []), `${begun}\n`);
    // And a message ends where it says all.
    assertEquals(hider.text(`say ${begun}`), `say ${begun}`);
  }
});

Deno.test("what is hidden is the same however the text comes, of random texts and values of few letters", () => {
  let state = 7;
  const next = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % below;
  };
  const word = (most: number) =>
    Array.from({ length: 1 + next(most) }, () => "ab"[next(2)]).join("");
  for (let times = 0; times < 300; times++) {
    const values = Array.from({ length: 1 + next(3) }, () => word(9));
    const text = word(60);
    const marked = new Array<boolean>(text.length).fill(false);
    for (const value of values) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        marked.fill(true, at, at + value.length);
      }
    }
    let expected = "";
    for (const [at, isHidden] of marked.entries()) {
      if (!isHidden) expected += text[at];
      else if (marked[at - 1] !== true) expected += HIDDEN;
    }
    const hider = new Hider(values.map((value) => encoder.encode(value)));
    const cuts = [next(text.length), next(text.length), next(text.length)].sort((a, b) => a - b);
    const about = JSON.stringify([values, text, cuts]);
    assertEquals(hider.text(text), expected, about);
    const end = "!";
    assertEquals(throughIn(hider, text + end, cuts), expected + end, about);
  }
});

Deno.test("a long value that repeats itself takes no longer to hide than a short one", () => {
  const tookMs = (value: string, text: string, pieceBytes: number) => {
    const filter = hiderOf(value).filter();
    const bytes = encoder.encode(text);
    const startMs = processorMs();
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      filter.push(bytes.subarray(at, at + pieceBytes));
    }
    filter.end();
    return processorMs() - startMs;
  };
  const text = "a".repeat(300_000);
  const long = "a".repeat(30_000);
  for (const pieceBytes of [300_000, 4096]) {
    tookMs("a".repeat(30), text, pieceBytes);
    const shortMs = tookMs("a".repeat(30), text, pieceBytes);
    for (const value of [long, `b${long}`, `${long}b`, `${long}b${long}`]) {
      // Each match filled all of the value anew, and so the agent stood still.
      assertLess(
        tookMs(value, text, pieceBytes),
        30 * shortMs + 30,
        `${value.length} ${pieceBytes}`,
      );
    }
  }
});
