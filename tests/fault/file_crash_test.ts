import { assert, assertEquals } from "@std/assert";
import { good, inFileWorld, sightOf } from "../support/file_world.ts";
import type { FileWorld } from "../support/file_world.ts";
import type { WriteStep } from "../../src/os/files/files_context.ts";

const STEPS: readonly WriteStep[] = [
  "recorded",
  "made",
  "filled",
  "owned",
  "synced",
  "renamed",
  "settled",
];

const CHILD = new URL("../support/file_crash_child.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

async function writeAndDie(world: FileWorld, step: WriteStep, size: number): Promise<void> {
  const { signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--config", CONFIG, CHILD],
      ...[world.prefix, world.path("f"), step, String(size)],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(signal, "SIGKILL", `the writer reaches the step ${step}: ${said}`);
}

for (
  const { title, old, size } of [
    { title: "a new small file", old: undefined, size: 100 },
    { title: "a small file that replaces another", old: "old", size: 100 },
    { title: "a large file that replaces another", old: "old", size: 300_000 },
  ]
) {
  Deno.test(`kill -9 at every step of writing ${title} leaves the old or the new one`, async () => {
    for (const step of STEPS) {
      await inFileWorld(async (world) => {
        if (old !== undefined) world.put("f", old);
        await writeAndDie(world, step, size);
        const is = world.names().includes("f") ? world.text("f") : undefined;
        const isNew = is === "n".repeat(size);
        assert(is === old || isNew, `after ${step} it is neither: ${is?.slice(0, 50)}`);
        if (step === "renamed" || step === "settled") assert(isNew, `after ${step} it is old`);
        good(await world.files.recover());
        assertEquals(world.names(), is === undefined ? [] : ["f"]);
        const seen = sightOf(world.files, world.path("f"));
        good(await world.files.write({ path: world.path("f"), content: new Uint8Array(1), seen }));
      });
    }
  });
}

Deno.test("recovery leaves alone what is no temporary file of a recorded run", () =>
  inFileWorld(async (world) => {
    const names = [".mgmt-0000000000000000~", ".mgmt-x~", "other~"];
    for (const name of names) world.put(name, "x");
    const record = JSON.stringify({ run: "12345678", directory: world.root });
    Deno.writeTextFileSync(`${world.prefix}/temporaries`, `${record}\n{"run": "half`);
    world.put(".mgmt-1234567812345678~", "x");
    Deno.mkdirSync(world.path(".mgmt-1234567887654321~"));
    world.put(".mgmt-1234567887654321~/file", "x");
    assertEquals(good(await world.files.recover()), 2);
    assertEquals(world.names(), names);
    assertEquals([...Deno.readDirSync(world.prefix)], []);
  }));
