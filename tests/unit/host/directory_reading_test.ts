import { assertEquals } from "@std/assert";
import { openDirectory } from "../../../src/host/files/directory_reading.ts";
import { closeNativeNames } from "../../../src/host/files/native_names.ts";
import { inDirectory } from "../../support/program.ts";

Deno.test("a directory that is removed while it is read has nothing more in it", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/d`);
    const reading = openDirectory(`${directory}/d`);
    await Deno.remove(`${directory}/d`);
    const entries = [reading.next() ?? [], reading.next() ?? []].flat();
    assertEquals(entries, []);
    reading.close();
    closeNativeNames();
  });
});
