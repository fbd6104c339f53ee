/**
 * Holds plans of the examples against their runs, twice each: those of the repository and of every kind.
 *
 * @module
 */

import { harmlessKinds, hostKinds } from "../../tests/support/kinds.ts";
import { planAndRun, type Truth } from "../../tests/support/plan_truth.ts";
import { repositoryFile } from "../../tests/support/program.ts";
import { onStage } from "../../tests/support/stage.ts";

/** A truth by the name of what was planned. */
export type Told = (name: string, truth: Truth) => void;

/** Examples need no etcd and end by themselves; those of clusters are left out. */
export async function planExamples(tell: Told, onTestHost: boolean): Promise<void> {
  const kinds = onTestHost ? [...harmlessKinds, ...hostKinds] : harmlessKinds;
  for (const { kind, examples } of kinds) {
    for (const [index, example] of examples.entries()) {
      await tryExample(`${kind}, example ${index + 1}`, example, tell);
    }
  }
  for await (const { name } of Deno.readDir(repositoryFile("examples"))) {
    if (!name.endsWith(".yaml") || name.startsWith("etcd")) continue;
    const text = await Deno.readTextFile(repositoryFile(`examples/${name}`));
    await tryExample(name, text, tell);
  }
}

async function tryExample(name: string, example: string, tell: Told): Promise<void> {
  await onStage(example, async (directory, text) => {
    const file = `${directory}/example.yaml`;
    await Deno.symlink(repositoryFile("examples/tree"), `${directory}/tree`);
    await Deno.writeTextFile(file, text.replaceAll("/tmp/mgmt", `${directory}/mgmt`));
    for (const round of ["first", "second"]) {
      tell(`${name}, ${round}`, await planAndRun(file, `${directory}/prefix`));
    }
  });
}
