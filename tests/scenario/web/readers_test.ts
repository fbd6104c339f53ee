/** What who may only read is told of what is written: of resources, and of the plan of the agent's own graph. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { control, READ } from "../../support/control.ts";
import { eventually } from "../../support/processes.ts";
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

const LEFT = `graph: g
resources:
  file:
    - {name: a, path: DIRECTORY/a, content: "open\\n"}
    - {name: c, path: DIRECTORY/c, content: very-secret, mode: "0600"}
  exec:
    - {name: breaks, cmd: "false"}
`;

Deno.test("readers: what fails or is held tells what is different, of what is private only how much, and what is right nothing", () =>
  withWeb(LEFT, async ({ prefix, directory }) => {
    const driftOf = async (key: string) =>
      (await control(prefix, "GET", `/v1/resources/${key}`, "", READ)).said.drift;
    assert(await eventually(async () => await driftOf("exec[breaks]") !== undefined));
    assertEquals(await driftOf("file[a]"), undefined);
    const hold = { all: true, forMs: 60_000, reason: "by hand", author: "anna" };
    assertEquals((await control(prefix, "POST", "/v1/hold", JSON.stringify(hold))).status, 200);
    Deno.writeTextFileSync(`${directory}/a`, "mine\n");
    Deno.writeTextFileSync(`${directory}/c`, "other-secret");
    assert(await eventually(async () => await driftOf("file[c]") !== undefined));
    const hidden = (await driftOf("file[c]")).join("\n");
    assertStringIncludes(hidden, "12 → 11 bytes");
    assert(!hidden.includes("secret"), hidden);
    assert(await eventually(async () => await driftOf("file[a]") !== undefined));
    const [reason, ...lines] = await driftOf("file[a]");
    assertStringIncludes(reason, "~ content");
    assertEquals(lines.filter((line: string) => /^[-+]\w/.test(line)), ["-mine", "+open"]);
    assertEquals((await control(prefix, "POST", "/v1/release", '{"all":true}')).status, 200);
    assert(await eventually(async () => await driftOf("file[a]") === undefined));
    assertEquals(Deno.readTextFileSync(`${directory}/a`), "open\n");
  }));
