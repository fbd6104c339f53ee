import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { control } from "../support/control.ts";
import { isSoon } from "../support/polling.ts";
import { inDirectory, mgmt, Program } from "../support/program.ts";

const GRAPH = `graph: g
resources:
  file:
  - {name: right, path: DIR/right, content: "x\\n"}
  - {name: late, path: DIR/late, content: x}
  - {name: held, path: DIR/held, content: x}
  exec:
  - {name: broken, cmd: "false"}
  noop:
  - {name: between}
edges:
- {from: {kind: exec, name: broken}, to: {kind: noop, name: between}}
- {from: {kind: noop, name: between}, to: {kind: file, name: late}}
`;

Deno.test("why says how a resource is now, also of one to which nothing was ever done", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    await Deno.writeTextFile(`${directory}/right`, "x\n");
    const prefix = `${directory}/prefix`;
    const flags = ["--prefix", prefix];
    const why = async (word: string, ...more: string[]) => {
      const { code, stdout, stderr } = await mgmt(["why", word, ...more, ...flags]);
      return `${code} ${stdout}${stderr}`;
    };
    const listens = async (agent: Program) => {
      await agent.says("Recap:");
      const isHealthy = async () => (await control(prefix, "GET", "/healthz")).status === 200;
      assert(await isSoon(isHealthy, 60_000), agent.stderr);
    };
    await mgmt(["hold", "file[held]", "--reason", "by hand", ...flags]);
    // Without a journal, what the agent knows is all there is.
    let agent = new Program(["run", graph, "--journal-size", "0", ...flags]);
    await listens(agent);
    assertMatch(
      await why("file[right]"),
      /^0 now {2}File\[right\] is as it should be, since .*Z\n$/,
    );
    await agent.interrupt();
    agent = new Program(["run", graph, ...flags]);
    await listens(agent);
    assertMatch(
      await why("right"),
      /^0 now {2}File\[right\] is as it should be, since .*\nnothing was done to File\[right\] since/,
    );
    assertMatch(
      await why("late"),
      /^0 now {2}File\[late\] waits for Noop\[between\], since .*\n {2}because Noop\[between\] waits\n {2}because Exec\[broken\] has failed: .*1\n/,
    );
    assertMatch(
      await why("Exec[broken]"),
      /^0 now {2}Exec\[broken\] has failed: .*\n( {2}hint.*\n)? {2}it is tried again at .*\n.*Exec\[broken\] failed: /,
    );
    assertMatch(
      await why(`${directory}/held`),
      /^0 now {2}File\[held\] is held until .* \(by hand\), and not put right: does not exist/,
    );
    const { chain, now } = JSON.parse((await why("late", "--output", "json")).slice(2));
    assertEquals([chain, now.waitsFor.map(({ key }: { key: string }) => key)], [
      [],
      ["noop[between]", "exec[broken]"],
    ]);
    // Only the graph knows it, so the nearest is told from there.
    const unknown = await why("noop[betwen]");
    assertStringIncludes(unknown, "nothing is known of Noop[betwen] since");
    assertStringIncludes(unknown, "did you mean Noop[between]?");
    await agent.interrupt();
    // Where none runs, what was managed is known, and that nothing was done.
    assertMatch(await why("right"), /^1 .*nothing was done to File\[right\] since/);
  });
});
