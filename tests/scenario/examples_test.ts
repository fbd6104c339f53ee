import { assertEquals, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { contentOf, inDirectory, mgmt, repositoryFile } from "../support/program.ts";

const EXAMPLES = [...Deno.readDirSync(repositoryFile("examples"))]
  .filter(({ isFile, name }) => isFile && name.endsWith(".yaml"))
  .map(({ name }) => name).sort();

/** Run by tests of their own. */
const ELSEWHERE = [
  "graph8.yaml",
  "probe.yaml",
  "chains.yaml",
  "graph3a.yaml",
  "graph3b.yaml",
  "graph3c.yaml",
];

/** Seconds without change until the end, where the first quiet moment is too early. */
const PATIENCE: Readonly<Record<string, string>> = { "meta_retry.yaml": "2" };

/** Runs an example in a directory of the test's own in place of /tmp. */
async function runIn(directory: string, name: string, ...flags: string[]) {
  const text = (await Deno.readTextFile(repositoryFile(`examples/${name}`)))
    .replaceAll("/tmp/", `${directory}/`)
    .replaceAll("source: tree", `source: ${repositoryFile("examples/tree")}`);
  await Deno.writeTextFile(`${directory}/graph.yaml`, text);
  const patience = PATIENCE[name] ?? "0";
  // Those that exchange with others found a cluster: at addresses that no other test or agent here has.
  const urls = text.includes("collect:")
    ? ["--client-urls", freeUrl(), "--server-urls", freeUrl()]
    : [];
  const run = ["run", `${directory}/graph.yaml`, "--tmp-prefix", "-t", patience, ...urls];
  return await mgmt([...run, ...flags]);
}

Deno.test("all examples are valid, without a warning", async () => {
  const { code, stdout, stderr } = await mgmt([
    "validate",
    ...EXAMPLES.map((name) => repositoryFile(`examples/${name}`)),
  ]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout.split("\n").filter((line) => line.includes(": ok (")).length,
    EXAMPLES.length,
  );
  assertStringIncludes(stdout, "graph3a.yaml: ok (2 resources, 0 edges, 2 exports, 1 collect)\n");
});

for (const name of EXAMPLES.filter((each) => !ELSEWHERE.includes(each))) {
  Deno.test(`examples/${name} runs, and a second run finds its files right`, async () => {
    await inDirectory(async (directory) => {
      const first = await runIn(directory, name);
      assertEquals(first.code, 0, first.stderr);
      assertStringIncludes(first.stderr, " 0 failed, 0 blocked, 0 contested");
      const second = await runIn(directory, name);
      assertEquals(second.code, 0, second.stderr);
      assertEquals(second.stderr.match(/ File\[.*: Apply/g), null, second.stderr);
    });
  });
}

Deno.test("the tree of the examples is copied, and a stray file goes", async () => {
  await inDirectory(async (directory) => {
    await runIn(directory, "tree.yaml");
    const settings = `${directory}/mgmt-tree/nested/settings.conf`;
    assertEquals(contentOf(settings), "answer = 42\n");
    await Deno.writeTextFile(`${directory}/mgmt-tree/stray`, "x");
    await runIn(directory, "tree.yaml");
    assertEquals(contentOf(`${directory}/mgmt-tree/stray`), undefined);
    assertEquals(
      contentOf(`${directory}/mgmt-tree/generated.conf`),
      "made = by another resource\n",
    );
  });
});

Deno.test("noop says what the first example would do, does nothing, and exits with 0", async () => {
  await inDirectory(async (directory) => {
    const { code, stderr } = await runIn(directory, "hello.yaml", "--noop");
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "File[directory]: Would apply");
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), ["graph.yaml"]);
  });
});

Deno.test("the example of mgmt init is valid and runs, and a second run finds its files right", async () => {
  await inDirectory(async (directory) => {
    const init = await mgmt(["init", `${directory}/site`]);
    assertEquals(init.code, 0, init.stderr);
    const site = `${directory}/site/site.ts`;
    const text = await Deno.readTextFile(site);
    await Deno.writeTextFile(site, text.replaceAll("/tmp/", `${directory}/`));
    const run = () => mgmt(["run", site, "--tmp-prefix", "-t", "0", "--no-network"]);
    const first = await run();
    assertStringIncludes(first.stderr, "Recap: 4 ok, 4 changed, 0 failed");
    assertStringIncludes((await run()).stderr, "Recap: 4 ok, 0 changed, 0 failed");
    const welcome = contentOf(`${directory}/mgmt-example/welcome.txt`);
    assertStringIncludes(welcome ?? "", "kept by mgmt for ada, grace.");
  });
});
