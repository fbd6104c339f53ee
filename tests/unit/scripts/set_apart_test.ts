import { assert, assertEquals } from "@std/assert";
import { setApart } from "../../../scripts/set_apart.ts";
import { inDirectory } from "../../support/program.ts";

Deno.test("the WebAssembly that strips types leaves its package's text, which reads it from a place in a file", () =>
  inDirectory(async (directory) => {
    const packaged = new URL(import.meta.resolve("@swc/wasm-typescript"));
    const apart = setApart(
      (await Deno.readTextFile(packaged)).replace("'AGFz", '"AGFz')
        .replace("', 'base64')", '","base64")'),
    );
    assert(apart !== undefined);
    assert(apart.text.length < 100_000, `${apart.text.length} characters are left`);
    assert(WebAssembly.validate(apart.bytes.slice()));

    const path = `${directory}/program`;
    const before = new Uint8Array([1, 2, 3]);
    Deno.writeFileSync(path, before);
    Deno.writeFileSync(path, apart.bytes, { append: true });
    const [read] = /\(\(\)=>\{let\[o,n\].*?\}\)\(\)/s.exec(apart.text) ?? [];
    assert(read !== undefined);
    const place = `${before.length}:${apart.bytes.length}`;
    const code = read.replace("@stripper@", place).replace("/proc/self/exe", path);
    assert(apart.bytes.equals(new Function(`return ${code}`)()));
  }));

Deno.test("a text without WebAssembly is left alone", () => {
  assertEquals(setApart('Buffer.from("AAAA","base64")'), undefined);
});
