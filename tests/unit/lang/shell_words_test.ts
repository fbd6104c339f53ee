import { assertEquals } from "@std/assert";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

/** What a graph with one resource of a kind is warned of. */
async function warnings(kind: string, fields: Record<string, unknown>): Promise<string[]> {
  const resources = { [kind]: [{ name: "it", ...fields }] };
  const text = JSON.stringify({ graph: "g", resources });
  const outcome = await loadText(text, { file: "g", directory: "/", registry });
  assertEquals(outcome.ok, true, JSON.stringify(outcome));
  return (outcome.ok ? outcome.loaded.warnings : []).map(({ message }) => message);
}

const ofExec = (cmd: string, more = {}) => warnings("exec", { cmd, ...more });

Deno.test("a command that a shell was meant to read, and none does, is warned of", async () => {
  const meant = [
    ["echo hi > out", '">"'],
    ["echo hi >out", '">out"'],
    ["make 2>/dev/null", '"2>/dev/null"'],
    ["sort <list", '"<list"'],
    ["ps | wc", '"|"'],
    ["true && false", '"&&"'],
    ["sleep 1 &", '"&"'],
    ["FOO=1 make", '"FOO=1"'],
    ["cd /tmp; ls", '"/tmp;"'],
    ["true ; false", '";"'],
    ["echo 'a b'", '"\'a"'],
    ["echo $HOME", '"$HOME"'],
    ["echo $(date)", '"$(date)"'],
    ["ls ~/x", '"~/x"'],
  ] as const;
  for (const [cmd, word] of meant) {
    assertEquals(await ofExec(cmd), [
      `exec[it]: no shell reads cmd: ${word} is passed on as it stands`,
    ]);
    assertEquals(await ofExec(cmd, { shell: "/bin/sh" }), [], cmd);
  }
  // Signs that are arguments as well are not.
  for (
    const cmd of [
      "find / -name *.orig -exec rm {} ;",
      "pip install x>=1 y >=2",
      "dd if=/dev/zero of=/x",
      "env FOO=1 make",
      "grep -E a|b /f",
      "echo $5 <none> a;",
      "sed s/a/b\\1/ /f",
    ]
  ) assertEquals(await ofExec(cmd), [], cmd);
});

Deno.test("so is each command of each kind, with the field for its shell", async () => {
  const about = (field: string) => [
    `exec[it]: no shell reads ${field}: ">" is passed on as it stands`,
  ];
  assertEquals(await ofExec("true", { ifcmd: "a > b" }), about("ifcmd"));
  assertEquals(await ofExec("true", { watchcmd: "a > b" }), about("watchcmd"));
  assertEquals(await ofExec("true", { ifcmd: "a > b", ifshell: "/bin/sh" }), []);
  assertEquals(await warnings("probe", { command: "a | b" }), [
    'probe[it]: no shell reads command: "|" is passed on as it stands',
  ]);
  assertEquals(await warnings("cron", { command: "a | b", schedule: "daily" }), [
    'cron[it]: no shell reads command: "|" is passed on as it stands',
  ]);
});

Deno.test("a sensitive command is not quoted", async () => {
  assertEquals(await ofExec("login 's3cret' > out", { sensitive: true }), [
    "exec[it]: no shell reads cmd: what a shell would understand is passed on as it stands",
  ]);
});
