/**
 * Shows that plans change nothing: makes many of them on a test host, of all examples, of whole installs
 * and of graphs by chance, and compares what is there by content before and after.
 *
 * Usage: scripts/deno run -A --no-check scripts/plan_changes_nothing.ts [--plans N] [--at-once N]
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { harmlessKinds, hostKinds } from "../tests/support/kinds.ts";
import { mgmt, repositoryFile } from "../tests/support/program.ts";
import { generateGraph } from "./plan_truth/generate.ts";
import { offerPackages } from "./plan_truth/host.ts";
import { changesBetween, hostContent } from "./plan_truth/host_content.ts";
import { inHost, isOnTestHost } from "./plan_truth/in_host.ts";
import { INSTALLS } from "./plan_truth/installs.ts";

/** Between two looks without a plan. */
const CONTROL_MS = 20_000;
/** Changes that are shown. */
const SHOWN = 40;

/** Graph files of examples and installs, and then as many by chance as are asked for. */
async function writeGraphs(directory: string, count: number): Promise<readonly string[]> {
  const examples = [...harmlessKinds, ...hostKinds].flatMap(({ examples }) => examples);
  const texts = [...examples, ...Object.values(INSTALLS)];
  const files = [];
  for (const [index, text] of texts.entries()) {
    const file = `${directory}/example${index}.yaml`;
    await Deno.writeTextFile(file, text);
    files.push(file);
  }
  for await (const { name } of Deno.readDir(repositoryFile("examples"))) {
    if (name.endsWith(".yaml")) files.push(repositoryFile(`examples/${name}`));
  }
  for (let seed = 1; files.length < count; seed++) {
    const place = `${directory}/seed${seed}`;
    await Deno.mkdir(place);
    files.push(await generateGraph(seed, place));
  }
  return files.slice(0, count);
}

/** How often each exit code came. */
async function makePlans(
  files: readonly string[],
  prefix: string,
  atOnce: number,
): Promise<ReadonlyMap<number, number>> {
  const codes = new Map<number, number>();
  const left = [...files];
  const work = async () => {
    for (let file = left.pop(); file !== undefined; file = left.pop()) {
      const { code } = await mgmt(["plan", file, "--prefix", prefix, "--cluster-wait=0"]);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return codes;
}

async function main(): Promise<number> {
  if (!isOnTestHost()) return await inHost(import.meta.filename!);
  const given = parseArgs(Deno.args, { string: ["plans", "at-once"] });
  const [plans, atOnce] = [Number(given.plans ?? 1000), Number(given["at-once"] ?? 2)];
  await offerPackages();
  const directory = await Deno.makeTempDir({ prefix: "plans-" });
  const files = await writeGraphs(directory, plans);
  // Who answers questions is awake from the first on.
  const [first = ""] = files;
  await mgmt(["plan", first, "--prefix", `${directory}/prefix`]);
  const early = await hostContent();
  await new Promise((resolve) => setTimeout(resolve, CONTROL_MS));
  const before = await hostContent();
  const byItself = changesBetween(early, before);
  console.log(
    `${before.size} entries, hashes and units; ${byItself.length} changed in a control run`,
  );
  const codes = await makePlans(files, `${directory}/prefix`, atOnce);
  const left = changesBetween(before, await hostContent());
  const told = [...codes].toSorted(([a], [b]) => a - b)
    .map(([code, times]) => `${times} with ${code}`).join(", ");
  console.log(`${files.length} plans (exits: ${told}) changed ${left.length}`);
  for (const line of [...byItself, ...left].slice(0, SHOWN)) console.log(`  ${line}`);
  return left.length === 0 ? 0 : 1;
}

Deno.exit(await main());
