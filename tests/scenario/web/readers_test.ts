/** What who may only read is told of what is written: of resources, and of the plan of the agent's own graph. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { control, READ } from "../../support/control.ts";
import { withWeb } from "../../support/web_world.ts";

const GRAPH = "graph: g\nresources: {file: [{name: a, path: DIRECTORY/a, content: x}]}\n";
const EDITED = `graph: g
resources:
  file:
    - {name: b, path: DIRECTORY/b, content: y}
    - {name: c, path: DIRECTORY/c, content: very-secret, mode: "0600"}
`;

const ask = (prefix: string, given = "") => control(prefix, "GET", "/v1/plan", given, READ);

interface Row {
  readonly key: string;
  readonly outcome: string;
  readonly edit?: string;
}

Deno.test("plan: who may only read gets that of the graph as it is written, from a process of its own", () =>
  withWeb(GRAPH, async ({ prefix, graph, directory }) => {
    Deno.writeTextFileSync(graph, EDITED.replaceAll("DIRECTORY", directory));
    const [one, other] = await Promise.all([1, 2].map(() => ask(prefix)));
    assertEquals([one!.status, other!.said], [200, one!.said], JSON.stringify(one!.said));
    const rows = (one!.said.resources as Row[]).map((
      { key, outcome, edit },
    ) => [key, outcome, edit]);
    assertEquals(rows, [["file[b]", "change", "added"], ["file[c]", "change", "added"]]);
    assertEquals(one!.said.removed, ["file[a]"]);
    assert(!JSON.stringify(one!.said).includes("very-secret"));
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name).includes("b"), false);
    // Who may only read does not say what is read.
    const named = await ask(prefix, '{"file":"/etc/shadow"}');
    assertEquals([named.status, named.said.error.code], [403, "forbidden"]);
    Deno.writeTextFileSync(graph, "graph: g\nresources: {file: [{name: a, contents: x}]}\n");
    const wrong = await ask(prefix);
    assertEquals(wrong.said.error.code, "refused");
    assertStringIncludes(wrong.said.error.message, "contents");
  }, { run: ["--no-watch"] }));

Deno.test("readers: a resource tells where it is written and what should be, and of what is private the size", () =>
  withWeb(EDITED, async ({ prefix, graph, directory }) => {
    const fieldsOf = async (name: string) => {
      const { said } = await control(prefix, "GET", `/v1/resources/file[${name}]`, "", READ);
      return { ...said, text: JSON.stringify(said) };
    };
    const { kind, name, fields, place } = await fieldsOf("b");
    assertEquals([kind, name, place], ["file", "b", { file: graph, line: 4, column: 14 }]);
    assertEquals([fields.path, fields.content], [`"${directory}/b"`, '"y"']);
    const secret = await fieldsOf("c");
    assertEquals([secret.fields.mode, secret.fields.content], ["0600", "11 bytes (not shown)"]);
    assert(!secret.text.includes("very-secret"));
    // Who may not read the graph is not told what it says either.
    Deno.chmodSync(graph, 0o600);
    assertEquals((await fieldsOf("b")).fields.content, "1 bytes (not shown)");
  }, { run: ["--no-watch"] }));
