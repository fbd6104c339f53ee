/** What a program reads of other hosts, as the cluster's part follows it. */

import { assert, assertEquals } from "@std/assert";
import type { FollowedInput, SharedEntry } from "../../../src/app/program/program_inputs.ts";
import { inputOf, programDirectory, programText } from "../../support/program_directory.ts";

/** Elections and values that the test decides. */
class Fleet {
  kept: string[] = [];
  elected: boolean | undefined = true;
  own: readonly SharedEntry[] = [];
  evaluations = 0;

  get sources(): Readonly<Record<string, FollowedInput>> {
    return {
      elected: {
        watch: () => () => {},
        read: () => {
          const { elected } = this;
          return elected === undefined
            ? { isKnown: false, why: "nobody has said it" }
            : { isKnown: true, value: elected };
        },
        keep: (paths) => this.kept = paths.map((path) => path.join(" ")),
      },
      fleet: {
        watch: () => () => {},
        read: ([, key, ...path]) => {
          const values = this.own.filter(({ name }) => name === key);
          const all = Object.fromEntries(values.map(({ value }) => ["alpha", value]));
          return { isKnown: true, value: path.length === 0 ? all : all[path[0]!] };
        },
        shares: (values) => this.own = values,
      },
      host: { watch: () => () => {}, read: () => ({ isKnown: true, value: "alpha" }) },
    };
  }
}

const program = (body: string) =>
  programText(body).replace("({ host, read, data })", "({ host, read, data, fleet })");

Deno.test("what a graph in force has read is stood for on, also while an edit is wrong or waits", async () => {
  const fleet = new Fleet();
  const sources = () => Promise.resolve(fleet.sources);
  const stands = `fleet.elect("lead"); noop("a");`;
  await using directory = await programDirectory({ "site.ts": program(stands) }, { sources });
  const reads = async (body: string) => {
    await directory.write({ "site.ts": program(body) });
    await directory.read();
  };
  await reads(stands);
  assertEquals(fleet.kept, ["lead 1"]);
  await reads(`noop("b", { wrong: 1 });`);
  await reads(`throw new Error("wrong");`);
  assertEquals(fleet.kept, ["lead 1"], "the graph before is in force");
  fleet.elected = undefined;
  await reads(`noop("c"); fleet.elect("other");`);
  assertEquals(fleet.kept, ["lead 1"]);
  fleet.elected = false;
  await reads(`noop("c");`);
  assertEquals(fleet.kept, []);
});

Deno.test("the first graph knows of what it shares itself", async () => {
  const fleet = new Fleet();
  const sources = () => Promise.resolve(fleet.sources);
  const text = program(`
    fleet.share("port", 80);
    fleet.share("sum", Object.values(fleet.values("port")).length);
    noop(Object.keys(fleet.values("sum")).join() + Object.values(fleet.values("sum")).join());`);
  await using directory = await programDirectory({ "site.ts": text }, { sources });
  const reading = await directory.read();
  const names = reading !== "same" && [...reading.loaded!.graph.vertices.keys()];
  assertEquals(names, ["value[port]", "value[sum]", "noop[alpha1]"]);
});

Deno.test("what is there only where its host is elected is to be taken back, by its kind; what its author decided stays so", async () => {
  let elected = true;
  const asked: string[] = [];
  const sources = () =>
    Promise.resolve({
      host: inputOf(() => ({ name: "alpha", labels: {} })),
      elected: {
        read: ([name = ""]: readonly string[]) => {
          asked.push(name);
          return { isKnown: true, value: elected } as const;
        },
        watch: () => () => {},
      },
    });
  await using directory = await programDirectory({
    "site.ts": `import { exec, file, program } from "mgmt";
export default program(({ fleet, secret }) => {
  file("/always", { content: "a" });
  if (fleet.elect("one")) {
    file("/mine", { content: "m", meta: { retry: 2 } });
    file("/kept", { meta: { reverse: false } });
    file("/key", { content: secret("k") });
    exec("run", { cmd: "true" });
    file("/always2", {});
  } else {
    if (fleet.elect("never")) file("/never", {});
    file("/always2", {});
  }
});
`,
  }, { sources });
  const reading = await directory.read();
  assert(reading !== "same" && reading.loaded !== undefined, JSON.stringify(reading));
  const reverses = [...reading.loaded.graph.vertices.values()].filter(({ meta }) => meta.reverse);
  assertEquals(reverses.map(({ key }) => key), ["file[/mine]"]);
  assert(!asked.includes("never"), "a host stands for what it says, not for what it might");
  elected = false;
  await directory.write({ "x.txt": "" });
  const lost = await directory.read();
  assert(lost !== "same");
  assertEquals(lost.notes, [
    "left as it is, for nothing takes it back: File[/key] and Exec[run], which this program has " +
    "only where its host is elected",
  ]);
});
