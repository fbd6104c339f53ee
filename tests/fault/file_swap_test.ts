/**
 * A user who swaps files, links and directories in his own directory while the agent, as root,
 * manages files there: nothing outside of it may change. `MGMT_TEST_SWAPS` sets the number of rounds
 * for a long test; without it the test ends after a few seconds.
 */

import { assert, assertEquals } from "@std/assert";
import authorizedKey from "../../src/resources/authorized_key/kind.ts";
import type { AuthorizedKeyFields } from "../../src/resources/authorized_key/fields.ts";
import { type KindWorld, resourceOf } from "../support/kind_world.ts";
import { inFileWorld, isRoot, resource } from "../support/file_world.ts";
import type { FileWorld } from "../support/file_world.ts";

const OTHER = 65534;
const SCRIPT = new URL("../support/swapper.py", import.meta.url).pathname;
const swaps = Deno.env.get("MGMT_TEST_SWAPS");
const [seconds, rounds] = swaps === undefined ? ["4", "100000"] : ["3600", swaps];

/** Everything about a tree that must not change. */
function facts(directory: string): string[] {
  const entries = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  return [".", ...entries].map((name) => {
    const { ino, mode, uid, gid, size, mtime, ctime, nlink } = Deno.lstatSync(
      `${directory}/${name}`,
    );
    return JSON.stringify({ name, ino, mode, uid, gid, size, mtime, ctime, nlink });
  });
}

function makeVictim(world: FileWorld): string {
  const victim = world.path("victim");
  Deno.mkdirSync(`${victim}/sub`, { recursive: true });
  for (const name of ["f", "sub/f", ".mgmt-0000000000000000~"]) {
    Deno.writeTextFileSync(`${victim}/${name}`, "secret");
    Deno.chmodSync(`${victim}/${name}`, 0o600);
  }
  return victim;
}

Deno.test({
  name: "a user who swaps entries of his directory changes nothing outside of it",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      Deno.chmodSync(world.root, 0o755);
      Deno.chmodSync(world.path(".."), 0o755);
      const victim = makeVictim(world);
      const home = world.path("home");
      Deno.mkdirSync(home);
      Deno.chownSync(home, OTHER, OTHER);
      const before = [...facts(victim), ...facts(`${victim}/sub`)];
      const args = [SCRIPT, home, victim, String(OTHER), seconds, rounds];
      const swapper = new Deno.Command("python3", { args, stdout: "piped" }).spawn();
      const output = swapper.output();
      const { heals, refusals } = await healUntil(world, home, output);
      const swapped = Number(new TextDecoder().decode((await output).stdout));
      assertEquals([...facts(victim), ...facts(`${victim}/sub`)], before);
      assertEquals(Deno.readTextFileSync(`${victim}/f`), "secret");
      assertEquals(Deno.cwd(), "/");
      for (const text of textsBelow(home)) assert(!text.includes("secret"), "nothing came out");
      assert(swapped > 500 && heals > 50 && refusals > 50, `${swapped} ${heals} ${refusals}`);
    }, { stepDeadlineMs: 200 }),
});

/** What is in the files below a directory. */
function textsBelow(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isFile, isDirectory }) => {
    const path = `${directory}/${name}`;
    if (isDirectory) return textsBelow(path);
    return isFile ? [Deno.readTextFileSync(path)] : [];
  });
}

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** A key for the user, in a file that the user swaps. */
async function keyIn(world: FileWorld, fields: Omit<AuthorizedKeyFields, "key">) {
  const around = { host: world.host, said: [] as string[], claimed: new Set<string>() };
  const made = await resourceOf(authorizedKey, around as unknown as KindWorld, {
    key: KEY,
    ...fields,
  });
  return {
    tryOnce: async () => {
      const found = await made.check();
      if (found === undefined) return "right";
      return found.type === "failure" || await made.apply(found) !== undefined
        ? "refused"
        : "healed";
    },
  };
}

/** Checks and applies all kinds of resources in turn until the other side has ended. */
async function healUntil(
  world: FileWorld,
  home: string,
  ended: Promise<unknown>,
): Promise<{ heals: number; refusals: number }> {
  const mine = { owner: `${OTHER}`, mode: "0666" };
  const large = "y".repeat(200_000);
  const resources = [
    { path: `${home}/d/f`, content: "ours", ...mine },
    { path: `${home}/d/sub/f`, content: "ours", ...mine },
    { path: `${home}/g`, content: "ours", ...mine, force: true },
    { path: `${home}/d/f`, content: large },
    { path: `${home}/g`, mode: "0666", owner: `${OTHER}` },
    { path: `${home}/d/`, ...mine, mode: "0777" },
    { path: `${home}/d/new`, content: "ours" },
    { path: `${home}/d/l`, target: "/etc" },
    { path: `${home}/d/f`, state: "absent" as const },
    { path: `${home}/d/`, state: "absent" as const, force: true },
    { path: `${home}/g`, content: "in place", in_place: true, force: true },
    { path: `${home}/d/`, purge: true, recurse: true, mode: "0666", owner: `${OTHER}` },
  ].map((fields) => resource(world, fields));
  const keys = await Promise.all([
    keyIn(world, { path: `${home}/d/f` }),
    keyIn(world, { path: `${home}/g`, purge: true }),
    keyIn(world, { path: `${home}/d/f`, state: "absent" }),
  ]);
  let done = false;
  let [heals, refusals] = [0, 0];
  const finish = () => void (done = true);
  ended.then(finish, finish);
  for (let turn = 0; !done; turn++) {
    const each = [...resources, ...keys][turn % (resources.length + keys.length)];
    const failed = await each?.tryOnce();
    if (failed === "healed") heals++;
    if (failed === "refused") refusals++;
    if (turn % 20 === 0) await world.host.clock.yieldTurn();
  }
  return { heals, refusals };
}
