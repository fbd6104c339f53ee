import { assertEquals, assertThrows } from "@std/assert";
import { openDirectory, type ReadEntry } from "../../../src/os/files/directory_reading.ts";
import { closeNativeNames } from "../../../src/os/native/names.ts";

async function inDirectory(test: (path: string) => void | Promise<void>): Promise<void> {
  const path = Deno.makeTempDirSync();
  try {
    await test(path);
  } finally {
    closeNativeNames();
    Deno.removeSync(path, { recursive: true });
  }
}

function all(path: string): { entries: ReadEntry[]; pieces: number } {
  const reading = openDirectory(path);
  const entries: ReadEntry[] = [];
  let pieces = 0;
  for (let piece = reading.next(); piece !== undefined; piece = reading.next()) {
    entries.push(...piece);
    pieces++;
  }
  return { entries, pieces };
}

Deno.test("a large directory comes in pieces, with all that the runtime says of it", () =>
  inDirectory((path) => {
    for (let at = 0; at < 3000; at++) Deno.writeTextFileSync(`${path}/file-number-${at}`, "");
    Deno.mkdirSync(`${path}/directory`);
    Deno.symlinkSync("nowhere", `${path}/ümlaut`);
    const { entries, pieces } = all(path);
    const told = entries.map((each) => `${each.name} ${"type" in each && each.type}`);
    const type = (each: Deno.DirEntry) =>
      each.isFile ? "file" : each.isDirectory ? "directory" : "symlink";
    const runtime = [...Deno.readDirSync(path)].map((each) => `${each.name} ${type(each)}`);
    assertEquals(told.sort().join("\n"), runtime.sort().join("\n"));
    assertEquals(pieces > 2, true);
  }));

Deno.test("a name that is not UTF-8 is there, without a name", () =>
  inDirectory((path) => {
    new Deno.Command("sh", { args: ["-c", `touch "$0/$(printf '\\377')"`, path] }).outputSync();
    Deno.writeTextFileSync(`${path}/\ufffd`, "");
    assertEquals(all(path).entries.map(({ name }) => name).sort(), ["\ufffd", undefined]);
  }));

Deno.test("a directory that is replaced while it is read stays the one that was opened", () =>
  inDirectory((path) => {
    Deno.mkdirSync(`${path}/d`);
    Deno.writeTextFileSync(`${path}/d/inside`, "");
    const reading = openDirectory(`${path}/d`);
    Deno.renameSync(`${path}/d`, `${path}/away`);
    Deno.mkdirSync(`${path}/d`);
    assertEquals(reading.next()?.map(({ name }) => name), ["inside"]);
    reading.close();
    assertEquals(reading.next(), undefined);
    assertThrows(() => openDirectory(`${path}/d/missing`), Deno.errors.NotFound);
  }));

Deno.test("a directory that is removed while it is read has nothing more in it", () =>
  inDirectory((path) => {
    Deno.mkdirSync(`${path}/d`);
    const reading = openDirectory(`${path}/d`);
    Deno.removeSync(`${path}/d`);
    assertEquals([reading.next() ?? [], reading.next() ?? []].flat(), []);
    reading.close();
  }));
