import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderYaml } from "../../../src/app/graph/render_yaml.ts";
import { secretToken } from "../../../src/base/secret_token.ts";
import { readValue } from "../../../src/lang/yaml/value.ts";

Deno.test("a graph that is written as YAML says the same when it is read, also of secrets", async () => {
  const value = {
    graph: "g",
    resources: {
      file: [
        { name: "/a", content: secretToken("key:trim"), mode: "0600" },
        { name: "/b", content: `key = ${secretToken("key")}\n`, owner: "0" },
      ],
      exec: [{ name: "e", cmd: "true", env: { A: secretToken("other"), B: "!secret x" } }],
    },
  };
  const text = renderYaml(value);
  assertStringIncludes(text, "content: !secret key:trim\n");
  const read = await readValue(text);
  assert(read.ok);
  assertEquals(read.value, value);
});
