import { assert, assertEquals } from "@std/assert";
import { HIDDEN, Hider } from "../../../src/secrets/hiding.ts";
import { patternsOf } from "../../../src/secrets/patterns.ts";

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
  const expected = `x ${HIDDEN} y ab${HIDDEN} abcab-canar`;
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
  assertEquals(throughIn(hider, text, cuts), `${HIDDEN} ${HIDDEN} ${HIDDEN}q-lon baab`);
  assertEquals(hider.text(text), throughIn(hider, text, cuts));
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
