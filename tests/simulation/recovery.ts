/**
 * `mgmt cluster recover` in a simulated world: on a machine whose program does not run, what its disk
 * has of a cluster becomes the cluster.
 *
 * @module
 */

import type { Failure } from "../../src/base/result.ts";
import { forgetPresence } from "../../src/cluster/admin/leaving.ts";
import { whyNotRecover } from "../../src/cluster/admin/recovering.ts";
import type { Machine } from "./machine.ts";
import { openStore } from "./program.ts";
import type { World } from "./world.ts";

const DEADLINE_MS = 3000;
/** It is known to be there after so long, and leads itself. */
const SERVE_MS = 2000;

/** Why an operator on this machine would be refused, asking at all addresses; time passes meanwhile. */
export async function whyNotRecoverOn(
  world: World,
  machine: Machine,
): Promise<Failure | undefined> {
  const clientUrls = world.machines.map(({ clientUrl }) => clientUrl);
  const store = openStore(world, machine, { clientUrls });
  let problem: Failure | undefined;
  const asked = whyNotRecover(store, clientUrls, machine.disk.member?.memberId, {
    deadlineMs: DEADLINE_MS,
  }).then((failure) => problem = failure);
  await world.time.runUntil(world.now + 2 * DEADLINE_MS);
  await asked;
  store.close();
  return problem;
}

/** Does it, or says why it cannot; time passes meanwhile. */
export async function recoverOn(world: World, machine: Machine): Promise<string | undefined> {
  const name = machine.disk.member?.name;
  const directory = machine.directories.get(name ?? "");
  if (name === undefined || directory === undefined) return `${machine} was no member`;
  if (machine.program !== undefined) return `the agent of ${machine} runs`;
  const refusal = await whyNotRecoverOn(world, machine);
  if (refusal !== undefined) return refusal.code;
  const { cluster, memberId } = directory;
  world.note(() => `-- ${machine} recovers the cluster`);
  cluster.recover(memberId);
  machine.powered = true;
  const wish = { name, initialCluster: [], state: "ran" } as const;
  machine.process = { name, wish, data: directory, announced: true, believes: [] };
  world.settle(memberId, machine);
  await world.time.runUntil(world.now + SERVE_MS);
  const store = openStore(world, machine, { clientUrls: [machine.clientUrl] });
  let problem: string | undefined = "it does not end";
  const done = forgetPresence(store, { deadlineMs: DEADLINE_MS })
    .then((failure) => problem = failure?.message);
  await world.time.runUntil(world.now + DEADLINE_MS);
  await done;
  machine.process = undefined;
  return problem;
}
