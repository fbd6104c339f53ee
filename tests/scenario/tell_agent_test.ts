/** Commands that follow a running agent, wait for it, and tell it two things: events, wait, reload, stop. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { eventually } from "../support/processes.ts";
import { contentOf, EXECUTABLE, inDirectory, mgmt, Program, shell } from "../support/program.ts";

function graph(directory: string, content: string, more = ""): void {
  const file = `{name: ${directory}/out, content: ${content}}`;
  const text = `graph: g\nresources: {file: [${file}]${more}}\n`;
  Deno.writeTextFileSync(join(directory, "g.yaml"), text);
}

const start = (directory: string, ...more: string[]) => {
  const flags = ["--prefix", join(directory, "p"), "--no-watch", "--max-runtime", "300"];
  return new Program(["run", "g.yaml", ...flags, ...more], { cwd: directory });
};

/** A command about the agent of that directory. */
const of = (directory: string, command: string, ...more: string[]) =>
  mgmt([command, "--prefix", join(directory, "p"), ...more]);

const converged = (directory: string, ...more: string[]) =>
  of(directory, "wait", "--converged", ...more);

Deno.test("wait, reload and stop: a script has an agent start, edits its graph, and ends it", () =>
  inDirectory(async (directory) => {
    graph(directory, "a");
    // It is waited for before it runs.
    const waiting = converged(directory, "--timeout", "2m");
    const agent = start(directory);
    try {
      const waited = await waiting;
      assertEquals([waited.code, waited.stderr], [0, ""]);
      assertMatch(waited.stdout, /^converged since .*: 1 ok, 1 changed\n$/);
      graph(directory, "b");
      const reloaded = await of(directory, "reload");
      assertEquals([reloaded.code, reloaded.stderr], [0, ""]);
      assertEquals((await converged(directory)).code, 0);
      assertEquals(contentOf(join(directory, "out")), "b");
      graph(directory, "[");
      const refused = await of(directory, "reload");
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, "the graph file was refused");
      assertStringIncludes(refused.stderr, `mgmt validate ${directory}/g.yaml says why`);
      const hopeless = await converged(directory);
      assertEquals(hopeless.code, 4);
      assertMatch(hopeless.stderr, /the graph file has mistakes\n[^]*refused: [^]*1 ok/);
      const stopped = await of(directory, "stop");
      assertEquals([stopped.code, stopped.stdout], [0, "the agent has ended\n"]);
      assertEquals((await agent.ended()).code, 143);
      assertStringIncludes((await of(directory, "stop")).stderr, "no agent runs with");
      const late = await converged(directory, "--timeout", "1s");
      assertEquals(late.code, 5);
      assertStringIncludes(late.stderr, "the time is over: no agent runs with");
    } finally {
      await agent.interrupt();
    }
  }));

Deno.test("wait and stop: what keeps an agent from it is named, and a stop that takes long is told of", () =>
  inDirectory(async (directory) => {
    const untilGo = `echo begun; while [ ! -e ${directory}/go ]; do sleep 0.1; done`;
    graph(directory, "a", `, exec: [{name: slow, shell: /bin/sh, cmd: "${untilGo}"}]`);
    const agent = start(directory);
    try {
      await agent.says("Exec[slow]: begun");
      const late = await converged(directory, "--timeout", "3s");
      assertEquals(late.code, 5);
      assertMatch(late.stderr, /the time is over[^]*working +on Exec\[slow\]/);
      const stopping = await of(directory, "stop", "--wait", "0");
      assertEquals(stopping.code, 5);
      assertStringIncludes(stopping.stderr, "has not ended yet");
      Deno.writeTextFileSync(join(directory, "go"), "");
      assertEquals((await agent.ended()).code, 143);
    } finally {
      await agent.interrupt();
    }
  }));

Deno.test("events: an agent is followed to its end, in its own words, as objects, and of some resources", () =>
  inDirectory(async (directory) => {
    graph(directory, "a", `, noop: [{name: other}]`);
    const agent = start(directory);
    try {
      assertEquals((await converged(directory)).code, 0);
      const prefix = ["--prefix", join(directory, "p")];
      const followers = [
        ["-f"],
        ["--output", "json"],
        ["--kind", "noop"],
        ["-v", `File[${directory}/out]`, "svc[none]"],
      ].map((more) => new Program(["events", ...prefix, ...more]));
      for (const each of followers) await each.says(/converged since|"type":"snapshot"/);
      // One that has read enough ends with what it reads for, also where nothing happens.
      let first: string | undefined;
      void shell(`${EXECUTABLE} events ${prefix.join(" ")} | head -n 1`).then((line) =>
        first = line
      );
      const hasEnded = () => first !== undefined;
      assert(await eventually(hasEnded), "who has lost its reader goes on");
      Deno.removeSync(join(directory, "out"));
      for (const each of [0, 1, 3]) await followers[each]!.says(/does not exist/);
      await of(directory, "stop");
      const [human, json, kind, one] = await Promise.all(followers.map((each) => each.ended()));
      assertEquals([human!.code, json!.code, kind!.code, one!.code], [0, 0, 0, 0]);
      assertMatch(human!.stdout, /\n\d\d:\d\d:\d\d File\[.*\/out\]: Apply: does not exist\n/);
      const types = json!.stdout.trim().split("\n").map((line) => JSON.parse(line).type);
      assertEquals([types[0], types.at(-1)], ["snapshot", "stop"]);
      assert(types.includes("changed"), types.join());
      assert(!kind!.stdout.includes("File["), kind!.stdout);
      assert(!one!.stdout.includes("Noop["), one!.stdout);
      // What the graph has not is said, and nothing else is worse for it.
      assertMatch(one!.stderr, /^mgmt events: there is no Svc\[none\] in the graph in force\n/);
      assertEquals(kind!.stderr, "");
      assertMatch(first ?? "", /^converged since.*\n$/);
    } finally {
      await agent.interrupt();
    }
  }));
