/** Patterns that RE2 need not be asked for say the same as it does. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { plainTest } from "../../../../src/resources/line/plain_pattern.ts";
import { compile } from "../../../../src/resources/line/re2.ts";

Deno.test("usual patterns of settings need no RE2, and others do", () => {
  const plain = [
    "^PermitRootLogin\\b",
    "^\\s*#?\\s*Port ",
    "^\\[mysqld\\]$",
    "^/etc/x\\.d/",
    "a-b",
    "",
  ];
  for (const pattern of plain) assert(plainTest(pattern) !== undefined, pattern);
  const others = [
    "(a+)+",
    "a|b",
    "[ab]",
    "a.*b",
    "a{2}",
    "\\s*\\s*\\s*x",
    "(?i)a",
    "\\pL",
    "ä",
    "a**",
    "a+?",
    "^*",
  ];
  for (const pattern of others) assert(plainTest(pattern) === undefined, pattern);
});

Deno.test("a line that is long is left to RE2", () => {
  const test = plainTest("^\\s*#?\\s*x");
  assertEquals(test?.(" x"), true);
  assertEquals(test?.(`${" ".repeat(513)}x`), undefined);
});

const piece = fc.constantFrom(
  "a",
  "b",
  " ",
  "=",
  "#",
  "-",
  "/",
  "^",
  "$",
  "\\b",
  "\\s",
  "\\S",
  "\\d",
  "\\w",
  "\\W",
  "\\D",
  "\\.",
  "\\-",
  "\\[",
  "\\#",
  "\\/",
  "\\ ",
  "_",
  "*",
  "+",
  "?",
);
const sign = fc.constantFrom(
  "a",
  "b",
  " ",
  "=",
  "#",
  "-",
  "/",
  "1",
  "_",
  ".",
  "[",
  "\t",
  "\u00a0",
  "\v",
  "ä",
  "😀",
  "^",
);

Deno.test("what both can read, both find in the same lines", () => {
  let both = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
      fc.array(sign, { maxLength: 8 }).map((signs) => signs.join("")),
      (pattern, line) => {
        const test = plainTest(pattern);
        if (test === undefined) return;
        const other = compile(pattern);
        assert(typeof other !== "string", `RE2 does not read ${pattern}: ${other}`);
        assertEquals(test(line), other.fits(line), `${pattern} in ${JSON.stringify(line)}`);
        both++;
      },
    ),
    { numRuns: 20_000 },
  );
  assert(both > 2000, `${both}`);
});
