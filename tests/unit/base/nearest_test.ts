import { assertEquals } from "@std/assert";
import { didYouMean, nearest } from "../../../src/base/nearest.ts";

const FIELDS = ["name", "meta", "path", "content", "source", "state", "owner", "mode"];

Deno.test("a mistyped word finds what was meant", () => {
  assertEquals(nearest("nmae", FIELDS), "name");
  assertEquals(nearest("contents", FIELDS), "content");
  assertEquals(nearest("Path", FIELDS), "path");
  assertEquals(nearest("stat", FIELDS), "state");
  assertEquals(nearest("vaildate", ["run", "validate", "graph"]), "validate");
});

Deno.test("the only word that begins alike is found, however long it is", () => {
  assertEquals(nearest("res", ["graph", "resources", "edges"]), "resources");
  assertEquals(nearest("conv", ["converged-timeout", "file"]), "converged-timeout");
  assertEquals(nearest("conv", ["converged-timeout", "convoy-size"]), undefined);
});

Deno.test("a word that is like none finds none", () => {
  assertEquals(nearest("xyzzy", FIELDS), undefined);
  assertEquals(nearest("", FIELDS), undefined);
  assertEquals(nearest("x".repeat(10_000), FIELDS), undefined);
  assertEquals(nearest("ab", ["cd"]), undefined);
});

Deno.test("a suggestion is a question", () => {
  assertEquals(didYouMean("nmae", FIELDS), 'did you mean "name"?');
  assertEquals(didYouMean("xyzzy", FIELDS), undefined);
});
