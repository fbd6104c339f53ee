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

Deno.test("of very short names only plain slips are proposed, and no nonsense", () => {
  const kinds = ["file", "exec", "svc", "pkg", "noop", "user", "cron", "line", "msg", "probe"];
  const meant = { pgk: "pkg", scv: "svc", pkgs: "pkg", fiel: "file", usr: "user", msq: "msg" };
  for (const [word, kind] of Object.entries(meant)) assertEquals(nearest(word, kinds), kind);
  for (const word of ["a", "x1", "abc", "dns", "vim", "git", "apt", "lvm", "zone", "cert"]) {
    assertEquals(nearest(word, kinds), undefined, word);
  }
});

Deno.test("short names that differ in the first letter or in a number are other things", () => {
  assertEquals(nearest("vim", ["sim", "vlc", "vi"]), "vi");
  assertEquals(nearest("f4", ["f1", "f2", "f3"]), undefined);
  assertEquals(nearest("a", ["b"]), undefined);
  assertEquals(nearest("A", ["b", "a"]), "a");
  assertEquals(nearest("sl", ["ls", "sh"]), "ls");
  assertEquals(nearest("gi", ["go", "git"]), "git");
});

Deno.test("two letters that are a whole part of one name find it", () => {
  assertEquals(nearest("xz", ["xzgv", "xz-utils", "gzip"]), "xz-utils");
  assertEquals(nearest("xz", ["xz-utils", "xz-java"]), undefined);
});

Deno.test("letters that changed places are one slip", () => {
  assertEquals(nearest("exce", ["exec"]), "exec");
  assertEquals(nearest("nignx", ["inn", "nginx"]), "nginx");
});
