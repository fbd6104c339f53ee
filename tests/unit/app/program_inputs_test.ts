/** What a program reads of others, and what it does while something is not known. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { InputReading } from "../../../src/base/input.ts";
import { GraphReader } from "../../../src/app/graph/graph_reader.ts";
import { ProgramSource } from "../../../src/app/program/program_source.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { registry } from "../../../src/resources/registry.ts";
import { inputOf, programDirectory } from "../../support/program_directory.ts";

const FLEET = `import { file, noop, program } from "mgmt";
export default program(({ fleet, secret, host, every, time }) => {
  const shared = fleet.share("db-address", { port: 5432 });
  const key = secret("app-key").trim();
  console.log("key", key, "x" + key);
  file("/etc/key", { content: "[" + key + "]", mode: "0600", require: shared });
  file("/etc/own", { content: secret("own").base64() });
  file("/etc/json", { content: JSON.stringify({ key, text: "x " + key }) });
  noop("values " + JSON.stringify(fleet.values("db-address")));
  noop("web " + fleet.hosts({ label: "role=web", live: true }) + " " + fleet.hosts().length);
  noop("elected " + fleet.elect("cron", { count: 2, among: { role: "db" } }));
  noop("other " + fleet.elect("other", { among: ["beta"] }));
  noop("within " + time.within("02:00-04:00") + " " + every("10m"));
});
`;

Deno.test("a program shares, reads what others share, stands for elections and has secrets as tokens", async () => {
  const asked: string[][] = [];
  const elected = {
    ...inputOf(() => true),
    read: (path: readonly string[]): InputReading => {
      asked.push([...path]);
      return { isKnown: true, value: true };
    },
  };
  const sources = () =>
    Promise.resolve({
      host: inputOf(() => ({ name: "alpha", labels: { role: "db" } })),
      fleet: inputOf(() => ({
        values: { "db-address": { beta: { port: 1 } } },
        hosts: {
          alpha: { labels: { role: "db" }, live: true },
          beta: { labels: { role: "web" }, live: true },
          gamma: { labels: { role: "web" }, live: false },
        },
      })),
      elected,
      time: inputOf(() => ({ within: { "02:00-04:00": false }, every: { "10m": 7 } })),
    });
  await using directory = await programDirectory({ "site.ts": FLEET }, { sources });
  const reading = await directory.read();
  assert(reading !== "same");
  assertEquals(reading.text, "");
  assertEquals(reading.notes, ["key secret(app-key:trim) xsecret(app-key:trim)"]);
  const { resources } = reading.value as {
    resources: Record<string, readonly Record<string, unknown>[]>;
  };
  assertEquals(resources["value"], [{ name: "db-address", value: { port: 5432 } }]);
  assertEquals(resources["file"]?.map(({ content }) => content), [
    "[\0secret:app-key:trim\0]",
    "\0secret:own:base64\0",
    '{"key":"\0secret:app-key:trim:json\0","text":"x \0secret:app-key:trim:json\0"}',
  ]);
  assertEquals(resources["noop"]?.map(({ name }) => name), [
    'values {"beta":{"port":1}}',
    "web beta 3",
    "elected true",
    "other false",
    "within false 7",
  ]);
  // Who may not be elected does not stand.
  assertEquals([...new Set(asked.map(String))], ["cron,2"]);
});

Deno.test("a secret in a name, a share or an edge is a mistake with a place", async () => {
  const body = (text: string) =>
    `import { noop, program } from "mgmt";
export default program(({ fleet, secret }) => {
  ${text}
});
`;
  await using directory = await programDirectory({
    "site.ts": body(`noop("a" + secret("x"));`),
  });
  assertStringIncludes(await directory.mistakes(), "site.ts:3:8: error: ");
  await directory.write({ "site.ts": body(`fleet.share("key", secret("x"));`) });
  assertStringIncludes(await directory.mistakes(), "site.ts:3:9: error: value[key]: value cannot");
  await directory.write({ "site.ts": body(`noop("a", { require: secret("x") as any });`) });
  assertStringIncludes(await directory.mistakes(), "site.ts:3:24: error: require takes");
});

/** An input that is not known until it is told. */
function lateInput() {
  const listeners = new Set<() => void>();
  let reading: InputReading = { isKnown: false, why: "nobody has said it yet" };
  return {
    read: () => reading,
    watch: (changed: () => void) => {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    say: (next: InputReading) => {
      reading = next;
      listeners.forEach((changed) => changed());
    },
  };
}

const LATE = `import { noop, program } from "mgmt";
export default program(({ fleet }) => {
  let values;
  try { values = fleet.values("x"); } catch { values = {}; }
  noop("n" + Object.keys(values).length);
});
`;

Deno.test("what is not known is waited for, and never taken as empty, also by who catches everything", async () => {
  await using directory = await programDirectory({ "site.ts": LATE });
  const fleet = lateInput();
  const said: string[] = [];
  const clock = createLocalClock();
  const source = new ProgramSource({
    file: "site.ts",
    path: `${directory.path}/site.ts`,
    hostName: "alpha",
    sources: () => Promise.resolve({ fleet }),
    host: { clock, watcher: NO_WATCHER },
    waitMs: 20_000,
  });
  const reader = new GraphReader(source, {
    registry,
    color: false,
    emit: (event) => said.push(event.type === "notice" ? event.text : event.type),
  });
  const first = reader.first({ resident: true });
  while (said.length === 0) await clock.sleep(5);
  assertEquals(said, [
    'the program waits for fleet.values("x") (site.ts:4:24), which is not known: ' +
    "nobody has said it yet",
  ]);
  fleet.say({ isKnown: true, value: { beta: 1 } });
  const loaded = await first;
  assertEquals([...loaded?.graph.vertices.keys() ?? []], ["noop[n1]"]);
  // What is in force stays so when it is not known any more.
  const graphs: string[] = [];
  reader.watch((next) => graphs.push(...next.graph.vertices.keys()));
  fleet.say({ isKnown: false, why: "the store is away" });
  while (said.length === 1) await clock.sleep(5);
  assertStringIncludes(said.at(-1) ?? "", "the store is away");
  assertEquals([...reader.loaded?.graph.vertices.keys() ?? []], ["noop[n1]"]);
  fleet.say({ isKnown: true, value: { beta: 1 } });
  await clock.sleep(250);
  assertEquals(graphs, [], "it is what it was");
  fleet.say({ isKnown: true, value: { beta: 1, gamma: 2 } });
  while (graphs.length === 0) await clock.sleep(5);
  assertEquals(graphs, ["noop[n2]"]);
  await reader.close();
});

const NO_WATCHER = {
  watch: () => ({ close: () => {} }),
  settle: () => Promise.resolve(),
} as unknown as ConstructorParameters<typeof ProgramSource>[0]["host"] extends
  { watcher: infer W } | undefined ? W : never;

Deno.test("what is never known is a mistake when it was waited for, at a start", async () => {
  const sources = () => Promise.resolve({ fleet: lateInput() });
  await using directory = await programDirectory({ "site.ts": LATE }, { sources });
  assertStringIncludes(
    await directory.mistakes(),
    'the program waits for fleet.values("x")',
  );
});
