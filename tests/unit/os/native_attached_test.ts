// both runtimes: each calls the C library in its own way
import { assertEquals } from "@std/assert";
import { nativeHasAttached } from "../../../src/os/native/attached.ts";

Deno.test("whether a file has anything attached is told without a program, of a link of itself", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const [file, link] = [`${directory}/ä`, `${directory}/link`];
    Deno.writeTextFileSync(file, "x");
    assertEquals(nativeHasAttached(file), false);
    assertEquals(nativeHasAttached(`${directory}/none`), undefined);
    assertEquals(nativeHasAttached(`${file}\0`), undefined);
    const args = ["-n", "user.note", "-v", "1", file];
    if (!new Deno.Command("setfattr", { args }).outputSync().success) return;
    assertEquals(nativeHasAttached(file), true);
    Deno.symlinkSync(file, link);
    assertEquals(nativeHasAttached(link), false);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
