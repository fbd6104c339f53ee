import { assertEquals } from "@std/assert";
import { parseData } from "../../../src/app/program/parse_data.ts";

Deno.test("data(): a number that would lose digits is a mistake, in JSON, YAML and TOML", async () => {
  const big = "12345678901234567890";
  const texts = { "a.json": `{"n": ${big}}`, "a.yaml": `n: ${big}\n`, "a.toml": `n = ${big}\n` };
  for (const [name, text] of Object.entries(texts)) {
    assertEquals((await parseData(text, name)).ok, false, name);
    const quoted = text.replace(big, `"${big}"`);
    assertEquals(await parseData(quoted, name), { ok: true, value: { n: big } });
  }
  assertEquals(await parseData("[1.5, -3, 1e3]", "b.json"), { ok: true, value: [1.5, -3, 1000] });
});
