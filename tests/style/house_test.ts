import { assertEquals } from "@std/assert";
import { importCircles } from "../../scripts/house/circles.ts";
import {
  deadExports,
  longFunctions,
  namesDeclaredTwice,
} from "../../scripts/house/declarations.ts";
import { LARGEST_SHARE, rooms } from "../../scripts/house/rooms.ts";
import { readSources } from "../../scripts/house/source_tree.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const FILES = readSources(ROOT, "src");

Deno.test("no room is a house of its own", () => {
  assertEquals(rooms(FILES).filter(({ share }) => share > LARGEST_SHARE), []);
});

Deno.test("no files import each other in a circle", () => {
  assertEquals(importCircles(FILES), []);
});

Deno.test("every function fits a screen", () => {
  assertEquals(longFunctions(FILES), []);
});

Deno.test("no type's name is declared twice", () => {
  assertEquals(namesDeclaredTwice(FILES), []);
});

Deno.test("every export is taken by somebody", () => {
  assertEquals(deadExports(FILES, readSources(ROOT, "main.ts", "scripts", "tests")), []);
});
