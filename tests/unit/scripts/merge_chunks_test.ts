import { assert, assertEquals } from "@std/assert";
import { groupsOf, mergeChunks, parseChunk } from "../../../scripts/merge_chunks.ts";
import { inDirectory } from "../../support/program.ts";

/** A bundle as the bundler leaves it: a run, a command and a kind share what others do not. */
const BUNDLE: Readonly<Record<string, string>> = {
  "main.js":
    'import{a as t}from"./chunk-AAAAAAAA.js";t("main");let{run:r}=await import("./run-BBBBBBBB.js");r();let{COMMANDS:c}=await import("./registry-CCCCCCCC.js");c();let{kind:k}=await import("./kind-DDDDDDDD.js");k();t("end");',
  "chunk-AAAAAAAA.js": "var o=[];function n(e){o.push(e);globalThis.told=o}export{n as a};",
  "chunk-EEEEEEEE.js":
    'import{a}from"./chunk-AAAAAAAA.js";a("e");var t=0,r=()=>(t+=1,t);export{t as a,r as b};',
  "chunk-FFFFFFFF.js":
    'import{a as x,b as y}from"./chunk-EEEEEEEE.js";import{a as t}from"./chunk-AAAAAAAA.js";import"./chunk-EEEEEEEE.js";import{join as j}from"node:path";y();var z=class{};t(`f${x} ${j("a","b")}`);export{z as a};',
  "run-BBBBBBBB.js":
    'import{a as z}from"./chunk-FFFFFFFF.js";import{a as u,b as v}from"./chunk-EEEEEEEE.js";import{a as t}from"./chunk-AAAAAAAA.js";function m(){v();t(`run ${u} ${new z instanceof z}`)}export{m as run};',
  "registry-CCCCCCCC.js":
    'import{a as t}from"./chunk-AAAAAAAA.js";function m(){t("registry")}export{m as COMMANDS};',
  "kind-DDDDDDDD.js":
    'import{a as u,b as v}from"./chunk-EEEEEEEE.js";import{a as t}from"./chunk-AAAAAAAA.js";function m(){v();t(`kind ${u}`)}export{m as kind};',
};

const TOLD = ["main", "e", "f1 a/b", "run 2 true", "registry", "kind 3", "end"];

async function put(directory: string): Promise<void> {
  for (const [name, text] of Object.entries(BUNDLE)) {
    await Deno.writeTextFile(`${directory}/${name}`, text);
  }
}

async function told(directory: string): Promise<readonly string[]> {
  await import(`file://${directory}/main.js`);
  const { told } = globalThis as typeof globalThis & { told?: readonly string[] };
  return told ?? [];
}

Deno.test("files of a bundle are put together only where no start loads more with it", () => {
  const chunks = new Map(Object.entries(BUNDLE).map(([name, text]) => [name, parseChunk(text)]));
  assertEquals(groupsOf(chunks), [["run-BBBBBBBB.js", "chunk-FFFFFFFF.js"]]);
});

Deno.test("validate of a graph of files loads nothing of what only a run needs, though a run needs what it does", () => {
  const texts = {
    "main.js": 'import("./validate-AAAAAAAA.js");import("./run-BBBBBBBB.js");',
    "validate-AAAAAAAA.js": 'var k={file:()=>import("./kind-CCCCCCCC.js")};',
    "kind-CCCCCCCC.js": 'import"./chunk-DDDDDDDD.js";import"./chunk-EEEEEEEE.js";',
    "chunk-DDDDDDDD.js": "",
    "chunk-EEEEEEEE.js": "",
    "chunk-FFFFFFFF.js": "",
    "run-BBBBBBBB.js":
      'import"./chunk-DDDDDDDD.js";import"./chunk-EEEEEEEE.js";import"./chunk-FFFFFFFF.js";',
  };
  const chunks = new Map(Object.entries(texts).map(([name, text]) => [name, parseChunk(text)]));
  assertEquals(groupsOf(chunks), [
    ["run-BBBBBBBB.js", "chunk-FFFFFFFF.js"],
    ["chunk-DDDDDDDD.js", "chunk-EEEEEEEE.js"],
  ]);
});

Deno.test("a merged bundle does what the bundle did, in the same order and with the same variables", () =>
  inDirectory(async (directory) => {
    await put(directory);
    assertEquals(await told(directory), TOLD);
    const merged = `${directory}/merged`;
    await Deno.mkdir(merged);
    await put(merged);
    await mergeChunks(merged);
    const names = [...Deno.readDirSync(merged)].map(({ name }) => name).sort();
    assert(names.includes("merged-0.js") && !names.includes("run-BBBBBBBB.js"), names.join());
    assertEquals(await told(merged), TOLD);
  }));
