import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../src/cli/commands/registry.ts";
import { runLine } from "../../support/cli_surface.ts";

Deno.test("without a command there is the overview, and it is wrong use", async () => {
  const { code, data, talk } = await runLine([]);
  assertEquals([code, data], [1, ""]);
  for (const { name } of COMMANDS) assertStringIncludes(talk, `\n  ${name} `);
});

for (const words of [["help"], ["--help"], ["-h"]]) {
  Deno.test(`mgmt ${words.join(" ")} prints the overview as data`, async () => {
    const { code, data, talk } = await runLine(words);
    assertEquals([code, talk], [0, ""]);
    assertStringIncludes(data, "Usage: mgmt COMMAND");
  });
}

for (
  const words of [
    ["help", "r"],
    ["r", "--help"],
    ["help", "run"],
    ["run", "--help"],
    ["run", "-h"],
    ["run", "x", "--help"],
  ]
) {
  Deno.test(`mgmt ${words.join(" ")} explains run with its flags and exit codes`, async () => {
    const { code, data } = await runLine(words);
    assertEquals(code, 0);
    const texts = ["-t, --converged-timeout SECONDS", "-f, --file FILE", "-gf, --graphviz-filter"];
    for (const text of [...texts, "mgmt r is the same", "MGMT_MAX_RUNTIME", "130, 143"]) {
      assertStringIncludes(data, text);
    }
    for (const line of data.split("\n")) assertEquals(line, line.trimEnd());
  });
}

Deno.test("every command has help", async () => {
  for (const { name, summary } of COMMANDS) {
    assertStringIncludes((await runLine(["help", name])).data, summary);
  }
});

Deno.test("what a command can be told to do is explained with it", async () => {
  for (const words of [["service", "install"], ["cluster", "size"], ["volunteer", "off"]]) {
    const { code, data } = await runLine(["help", ...words]);
    assertEquals(code, 0);
    assertStringIncludes(data, `mgmt ${words.join(" ")}`);
  }
});

for (const words of [["version"], ["--version"], ["-V"]]) {
  Deno.test(`mgmt ${words.join(" ")} says version and runtime`, async () => {
    assertMatch((await runLine(words)).data, /^mgmt \d+\.\d+\.\d+ .*\(Deno \d+\.\d+\.\d+\)\n$/);
  });
}

/** Command lines that are refused, and what they are told. */
const REFUSED: readonly (readonly [words: string, told: string])[] = [
  ["rnu", 'mgmt: unknown command "rnu"; did you mean run?'],
  ["validat g.yaml", 'unknown command "validat"; did you mean validate?'],
  ["g.yaml", "did you mean mgmt run g.yaml?"],
  ["--noop run g.yaml", "--noop comes after the command"],
  ["help rum", 'mgmt help: there is no command "rum"; did you mean run?'],
  ["help cluster rotate ca", "hint: mgmt help says more"],
  ["evict h1 --operator=f", "unknown flag --operator; no operator gives this command"],
  ["help service start", 'mgmt help: mgmt service knows no "start"'],
  [
    "run g.yaml --convergd-timeout=5",
    "unknown flag --convergd-timeout; did you mean --converged-timeout?",
  ],
  ["run g.yaml --no-wacth", "unknown flag --no-wacth; did you mean --no-watch?"],
  ["run g.yaml -x", "unknown flag -x"],
  [
    "run g.yaml --converged-timeout=abc",
    '--converged-timeout takes a number of seconds from 0 to 315360000 (0: at the first quiet moment, -1: never), not "abc"',
  ],
  ["run g.yaml -t -2", 'not "-2"'],
  ["run g.yaml -t -0.5", 'not "-0.5"'],
  [
    "run g.yaml --converged-timeout",
    "--converged-timeout needs a value: --converged-timeout=SECONDS",
  ],
  ["run g.yaml --max-runtime=-1", "--max-runtime takes a number of seconds"],
  ["run g.yaml --noop=perhaps", "--noop takes no value"],
  ["run g.yaml h.yaml", '"h.yaml" is one word too many'],
  ["run yaml g.yaml h.yaml", '"h.yaml" is one word too many'],
  ["run yaml g.yaml --file h.yaml", "two graphs: --file h.yaml, and g.yaml"],
  ["run lang g.mcl", "graphs are written in YAML here: mgmt run graph.yaml"],
  ["r", "mgmt run: which graph? Name its file"],
  ["r g.yaml --no-wacth", "mgmt run: unknown flag --no-wacth; did you mean --no-watch?"],
  ["run -f", "--file needs a value: --file=FILE"],
  ["run g.yaml -f h.yaml", "two graphs: --file h.yaml, and g.yaml"],
  ["run g.yaml -gf dot", "--graphviz-filter needs --graphviz with the name of a file"],
  ["run g.yaml -gf=dot", "--graphviz-filter needs --graphviz with the name of a file"],
  ["run g.yaml -g x -gf", "--graphviz-filter needs a value: --graphviz-filter=PROGRAM"],
  ["run g.yaml --converged-exit", "--converged-exit needs --converger-timeout"],
  [
    "run g.yaml --converger-timeout=5 -t 5",
    "--converged-timeout and --converger-timeout exclude each other",
  ],
  ["run g.yaml --converger-timeout=soon", "--converger-timeout takes a number of seconds"],
  ["run g.yaml --converged-exit=5", "--converged-exit takes no value"],
  ["run g.yaml --sema 0", '--sema takes a whole number from 1 to 999999, not "0"'],
  ["run g.yaml --no-network -s h:1", "--no-network and --seeds exclude each other"],
  [
    "run g.yaml --peer-urls=10.0.0.1 --no-network",
    "--no-network and --peer-urls exclude each other",
  ],
  ["run g.yaml --file h.yaml", "two graphs: --file h.yaml, and g.yaml"],
  ["run", "which graph? Name its file"],
  ["run g.yaml --output=xml", '--output takes human, live or json, not "xml"'],
  ["run g.yaml --color=blue", '--color takes auto, always or never, not "blue"'],
  ["run g.yaml --prefix=/x --tmp-prefix", "--prefix and --tmp-prefix exclude each other"],
  ["run g.yaml --quiet --verbose", "--quiet and --verbose exclude each other"],
  ["run g.yaml --graphviz-filter=dot", "--graphviz-filter needs --graphviz"],
  ["run g.yaml --hostname=../x", '--hostname takes letters, digits, dots and hyphens, not "../x"'],
  ["run g.yaml --seeds=h1:two", '--seeds: "h1:two" is not an address'],
  ["run g.yaml --client-urls=:1 --server-urls=h:1", '--client-urls: ":1" is not an address'],
  ["run g.yaml --client-urls=10.0.0.1:1 --server-urls=10.0.0.1:1", "both name http://10.0.0.1:1"],
  ["run g.yaml --client-urls=web1:1", "web1 is a name, and this host can listen at addresses only"],
  ["run g.yaml --server-urls=h:1 --peer-urls=h:2", "are two names for one thing"],
  ["run g.yaml --advertise-client-urls=0.0.0.0", "--advertise-client-urls: 0.0.0.0 names no host"],
  [
    "run g.yaml --client-urls=0.0.0.0,127.0.0.1 --advertise-client-urls=h:1",
    "http://0.0.0.0:2379 and another address of that port are the same",
  ],
  [
    "run g.yaml --client-urls=0.0.0.0:1 --server-urls=10.0.0.1:1 --advertise-client-urls=h:2",
    "both name http://0.0.0.0:1",
  ],
  ["run g.yaml --ideal-cluster-size 0", "--ideal-cluster-size takes a whole number from 1 to 99"],
  ["validate", "mgmt validate: the name of a graph file is missing"],
  ["graph", "mgmt graph: the name of a graph file is missing"],
  [
    "graph g.yaml --format=svg",
    'mgmt graph: --format takes tree, dot, mermaid, json or yaml, not "svg"',
  ],
  ["graph g.yaml --format=constructor", "--format takes tree"],
];

for (const [words, told] of REFUSED) {
  Deno.test(`mgmt ${words} is refused with one clear line`, async () => {
    const { code, data, talk } = await runLine(words.split(" "));
    assertEquals([code, data], [1, ""], talk);
    assertStringIncludes(talk, told);
    assert(talk.trimEnd().split("\n").length <= 2, talk);
  });
}

Deno.test("a variable for the cluster that makes no sense is refused by its name", async () => {
  const { code, talk } = await runLine(["run", "g.yaml"], { MGMT_SEEDS: "h1:two" });
  assertEquals(code, 1);
  assertStringIncludes(talk, 'MGMT_SEEDS: "h1:two" is not an address');
});

Deno.test("a mistyped argument cannot steer the terminal", async () => {
  const { talk } = await runLine(["run", "g.yaml", "--color=\x1b[31m"]);
  assertEquals(talk.includes("\x1b"), false);
});

Deno.test("status --check: a line that it does not take is UNKNOWN to a monitoring system, and nothing else", async () => {
  for (
    const words of [
      ["status", "--check", "--bogus"],
      ["status", "--check=yes"],
      ["status", "--check", "a-word"],
      ["status", "--check", "--output", "xml"],
      ["status", "--check", "--output", "json"],
      ["status", "--check", "--fleet"],
      ["status", "--check", "--operator", "x"],
    ]
  ) {
    const { code, data, talk } = await runLine(words);
    assertEquals([code, data], [3, ""], words.join(" "));
    assertMatch(talk, /^mgmt status: /);
    const without = words.filter((word) => !word.startsWith("--check"));
    if (without.includes("--bogus")) assertEquals((await runLine(without)).code, 1);
  }
});
