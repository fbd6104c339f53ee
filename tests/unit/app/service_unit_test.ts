import { assertEquals, assertStringIncludes } from "@std/assert";
import { UNIT_MARK, unitText } from "../../../src/app/service/service_unit.ts";
import { argumentWord } from "../../../src/base/systemd_quote.ts";

const OPTIONS = { executable: "/usr/local/bin/mgmt", graph: "/etc/mgmt/graph.yaml", args: ["run"] };

/** The values of one setting in a unit. */
function setting(name: string, text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(`${name}=`))
    .map((line) => line.slice(name.length + 1));
}

Deno.test("the unit says what systemd must know", () => {
  const text = unitText({ ...OPTIONS, args: ["run", "--file=/etc/mgmt/graph.yaml", "--quiet"] });
  assertStringIncludes(text, UNIT_MARK);
  const settings: Readonly<Record<string, string>> = {
    Type: "notify",
    NotifyAccess: "main",
    ExecStart: "/usr/local/bin/mgmt run --file=/etc/mgmt/graph.yaml --quiet",
    ExecReload: "/usr/local/bin/mgmt service reload",
    Restart: "on-failure",
    SuccessExitStatus: "130 143",
    KillMode: "mixed",
    StateDirectory: "mgmt",
    WantedBy: "multi-user.target",
    Documentation: "file:///etc/mgmt/graph.yaml",
  };
  for (const [name, value] of Object.entries(settings)) {
    assertEquals([name, setting(name, text)], [name, [value]]);
  }
});

Deno.test("a reload asks the agent whose state it is", () => {
  const args = ["run", "--file=/g", "--prefix=/p q", "--hostname=h", "--quiet"];
  assertEquals(setting("ExecReload", unitText({ ...OPTIONS, args })), [
    '/usr/local/bin/mgmt service reload "--prefix=/p q" --hostname=h',
  ]);
});

// What systemd makes of these on a real host is in tests/system/service_install_test.ts.
const WORDS: readonly (readonly [text: string, word: string])[] = [
  ["--file=/etc/mgmt/g.yaml", "--file=/etc/mgmt/g.yaml"],
  ["a b", '"a b"'],
  ["", '""'],
  ["100%", "100%%"],
  ["$HOME", "$$HOME"],
  ["${HOME} b", '"$${HOME} b"'],
  [";", '";"'],
  ['say "x"', '"say \\"x\\""'],
  ["it's", `"it's"`],
  ["back\\slash", '"back\\\\slash"'],
  ["line\nbreak\ttab", '"line\\x0abreak\\x09tab"'],
  ["ü", '"ü"'],
  ["#", '"#"'],
];

for (const [text, word] of WORDS) {
  Deno.test(`the argument ${JSON.stringify(text)} is ${word} in a unit`, () => {
    assertEquals(argumentWord(text), word);
  });
}

Deno.test("an executable's name is no argument: a variable's sign stays as it is", () => {
  const text = unitText({ ...OPTIONS, executable: "/opt/a $b%/mgmt" });
  assertEquals(setting("ExecStart", text), ['"/opt/a $b%%/mgmt" run']);
});

Deno.test("a graph's name can add no line and no specifier to the unit", () => {
  const text = unitText({ ...OPTIONS, graph: "/etc/a%n\n[Service]\nUser=x\\" });
  assertEquals(setting("User", text), []);
  assertEquals(setting("Documentation", text), []);
  assertEquals(setting("Description", text), [
    "mgmt keeps this host as /etc/a%%n?[Service]?User=x? says",
  ]);
});
