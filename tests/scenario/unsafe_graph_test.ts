import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, shell, within } from "../support/program.ts";

const STRANGER = 54_321;
/** Nobody knows who is in it. */
const GROUP = 54_322;
const IS_ROOT = Deno.uid() === 0;

/** A test of root's with a graph that makes a file, in directories of its own. */
function asRoot(
  name: string,
  test: (desk: { directory: string; graph: string; made: string }) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: !IS_ROOT,
    fn: () =>
      inDirectory(async (directory) => {
        await Deno.mkdir(`${directory}/way`);
        const graph = `${directory}/way/graph.yaml`;
        await Deno.writeTextFile(graph, text(directory, "1"));
        await test({ directory, graph, made: `${directory}/made` });
      }),
  });
}

function text(directory: string, content: string): string {
  return `graph: t\nresources:\n  file:\n  - name: made\n    path: ${directory}/made\n` +
    `    content: "${content}"\n`;
}

/** Runs it once, as somebody who is root by himself unless the environment says more. */
function once(graph: string, env: Record<string, string> = {}, ...flags: string[]) {
  const args = ["run", graph, "-t", "0", "--tmp-prefix", ...flags];
  return mgmt(args, { env: { SUDO_UID: "", ...env } });
}

/** What is refused by hand, as a service, or only warned of: what is done to the files, what is said. */
const OPEN: readonly (readonly [what: string, mend: string, said: RegExp])[] = [
  ["chmod 666 graph.yaml", "chmod o-w", /graph\.yaml \(root:root, mode 0666\) .* by everybody/],
  ["chmod 777 .", "chmod o-w", /way \(root:root, mode 0777\) can be written by everybody/],
  [
    `chown 0:${GROUP} graph.yaml; chmod 664 graph.yaml`,
    "chmod g-w",
    /mode 0664\) can be written by the group 54322/,
  ],
  [
    `mkdir -m 777 ../open; ln -s ../open/l graph.new; ln -s ../way/g ../open/l; mv graph.yaml g; mv graph.new graph.yaml`,
    "chmod o-w",
    /open \(root:root, mode 0777\) can be written by everybody/,
  ],
];

asRoot("root runs no graph that everybody or a group can write, and is told what mends it", async ({
  directory,
  graph,
  made,
}) => {
  for (const [open, mend, said] of OPEN) {
    await shell(
      `rm -rf way open made; mkdir way; cp -p ${directory}/good way/graph.yaml 2>/dev/null`,
      directory,
    );
    await Deno.writeTextFile(graph, text(directory, "1"));
    await shell(open, `${directory}/way`);
    const refused = await once(graph);
    assertEquals([refused.code, contentOf(made)], [1, undefined], refused.stderr);
    assertMatch(refused.stderr, said);
    // What stands there helps.
    const command = new RegExp(`hint: (.*?)(; or|$)`, "m").exec(refused.stderr)?.[1] ?? "";
    assertStringIncludes(command, mend);
    const validated = await mgmt(["validate", graph]);
    assertEquals(validated.code, 0);
    assertMatch(validated.stderr, /warning: others than root can change what this graph says/);
    assertEquals((await once(graph, {}, "--allow-unsafe-graph")).code, 0);
    assertEquals(await shell(command), "");
    const mended = await once(graph);
    assertEquals([mended.code, /others than root/.test(mended.stderr)], [0, false], mended.stderr);
    assertEquals((await mgmt(["validate", graph])).stderr, "");
  }
});

asRoot("a graph of one other user is named to root, unless that user became root", async ({
  directory,
  graph,
}) => {
  await shell(`chown -R ${STRANGER} way`, directory);
  const named = await once(graph);
  assertEquals(named.code, 0);
  assertMatch(named.stderr, /warning: others than root .*belongs to 54321/);
  const own = await once(graph, { SUDO_UID: String(STRANGER) });
  assertEquals([own.code, /others than/.test(own.stderr)], [0, false], own.stderr);
  // That user is no reason to let everybody in.
  await shell("chmod 777 way", directory);
  assertEquals((await once(graph, { SUDO_UID: String(STRANGER) })).code, 1);
});

asRoot("what others own in a sticky directory is theirs alone", async ({ directory, graph }) => {
  await shell("chmod 1777 way", directory);
  const { code, stderr } = await once(graph);
  assertEquals([code, /others than/.test(stderr)], [0, false], stderr);
  await shell(
    `cp graph.yaml g; ln -s g l; chown -h ${STRANGER} l`,
    `${directory}/way`,
  );
  assertMatch((await once(`${directory}/way/l`)).stderr, /way\/l .* belongs to 54321/);
});

asRoot("a service refuses what anybody else can write, at every reading, and goes on", async ({
  directory,
  graph,
  made,
}) => {
  const args = ["run", graph, "--prefix", `${directory}/prefix`];
  const service = { env: { NOTIFY_SOCKET: `${directory}/nobody`, SUDO_UID: String(STRANGER) } };
  const becomes = (content: string, { stderr }: Program) =>
    within(60_000, () => contentOf(made) === content, stderr);
  const first = new Program(args, service);
  try {
    await becomes("1", first);
    // An edit.
    await Deno.writeTextFile(`${graph}.new`, text(directory, "2"));
    await shell(`chown ${STRANGER} ${graph}.new; mv ${graph}.new ${graph}`);
    await first.says(/Refused: 1 error; the graph that was read before stays in force/);
    assertMatch(first.stderr, /graph\.yaml .* belongs to 54321/);
    await Deno.remove(made);
    await becomes("1", first);
    // A reload.
    const before = first.stderr.length;
    first.signal("SIGHUP");
    await within(60_000, () => first.stderr.slice(before).includes("Refused"), "no reload");
    // What mends it is heard.
    await Deno.chown(graph, 0, 0);
    await becomes("2", first);
    await first.says(/is good again/);
    await shell("chmod 777 way", directory);
  } finally {
    await first.interrupt();
  }
  // A start.
  await Deno.remove(made);
  const second = new Program(args, service);
  try {
    await becomes("2", second);
    await second.says(/way .* can be written by everybody/);
    await second.says(/its last good reading/);
    await shell("chmod 755 way", directory);
    await second.says(/is good again/);
  } finally {
    await second.interrupt();
  }
});

asRoot("whoever can lead the way elsewhere does not choose among root's own graphs", async ({
  directory,
  graph,
  made,
}) => {
  const flags = ["--prefix", `${directory}/prefix`];
  assertEquals((await mgmt(["run", graph, "-t", "0", ...flags])).code, 0);
  await Deno.remove(made);
  await Deno.mkdir(`${directory}/open`, { mode: 0o777 });
  await shell(`chmod 777 open; ln -s ../way/graph.yaml open/graph.yaml`, directory);
  const through = ["timeout", "--signal=KILL", "60"];
  const { code, stderr } = await mgmt(["run", `${directory}/open/graph.yaml`, ...flags], {
    through,
  });
  assertEquals([code, contentOf(made)], [1, undefined], stderr);
  // What was read while others could write is no better later.
  await shell(`chmod 666 ${graph}`);
  const allowed = ["run", graph, ...flags, "--allow-unsafe-graph", "-t", "0"];
  assertEquals((await mgmt(allowed)).code, 0);
  await Deno.remove(made);
  await shell(`chmod 644 ${graph}; printf '[' > ${graph}`);
  const broken = await mgmt(["run", graph, ...flags], { through });
  assertEquals([broken.code, contentOf(made)], [1, undefined], broken.stderr);
  assert(/is not used: when it was read others than root/.test(broken.stderr), broken.stderr);
});

Deno.test("nobody is told to change the mode of a device that is no graph, and no place for state", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/graph.yaml`;
    await Deno.writeTextFile(graph, text(directory, "1"));
    for (
      const args of [["validate", "/dev/zero"], ["run", "/dev/null", "-t", "0", "--tmp-prefix"]]
    ) {
      const { code, stderr } = await mgmt(args);
      assertEquals([code, stderr.includes("chmod")], [1, false], stderr);
      assertMatch(stderr, /is not a regular file/);
    }
    const { code, stderr } = await mgmt(["run", graph, "-t", "0", "--prefix", "/dev/null"]);
    assertEquals([code, stderr.includes("chmod")], [1, false], stderr);
    assertStringIncludes(stderr, "/dev/null");
  });
});
