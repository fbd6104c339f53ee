/**
 * One simulation: a fleet made up by its seed lives through faults, is left alone, and must then be
 * well.
 *
 * @module
 */

import { PATIENCE } from "../../src/cluster/leader/view.ts";
import { Access } from "./access.ts";
import { heal, strike } from "./faults.ts";
import { Certificates } from "./certificates.ts";
import { allInvariants, invariantsWithRights, invariantsWithTrust } from "./invariants/all.ts";
import { Operators } from "./operators.ts";
import { givenUp, isLeftOver, problemOf } from "./rest.ts";
import { Tokens } from "./tokens.ts";
import { World } from "./world.ts";

const START_MS = 20_000;
/** The dead are replaced after two minutes, and who failed is left alone for a while. */
const REST_MS = 60_000;
const DEAD_MS = PATIENCE.deadMs;
/** After that all must stay as it is. */
const CALM_MS = 20_000;

/** How a simulation went. */
export interface Outcome {
  readonly seed: number;
  readonly violation: string | undefined;
  readonly trace: readonly string[];
  readonly faults: number;
  readonly machines: number;
  readonly simulatedMs: number;
  readonly states: ReadonlySet<string>;
}

/** What else it is. */
export interface SimulationOptions {
  readonly trace?: boolean;
  /** The clusters have rights. */
  readonly rights?: boolean;
  /** So they have, hosts ask with tokens, and the authority is replaced now and then. */
  readonly trust?: boolean;
}

/** Runs the simulation of that seed. */
export async function simulate(
  seed: number,
  options: SimulationOptions = {},
): Promise<Outcome> {
  const hasTrust = options.trust === true;
  const hasRights = options.rights === true || hasTrust;
  const world = new World(seed, invariantsFor(hasRights, hasTrust));
  if (hasTrust) {
    world.certificates = new Certificates(world);
    world.tokens = new Tokens(world, seed);
  }
  if (options.trace === true) world.trace = [];
  const access = hasRights ? new Access(world, seed) : undefined;
  populate(world, access);
  const operators = new Operators(world, seed);
  const violated = () => world.violation !== undefined;
  try {
    await run(world, operators, access, violated);
  } catch (error) {
    world.fail("no exception", error instanceof Error ? `${error.stack}` : String(error));
  }
  return {
    seed,
    violation: world.violation,
    trace: world.trace ?? [],
    faults: world.faults,
    machines: world.machines.length,
    simulatedMs: world.now,
    states: world.states,
  };
}

function invariantsFor(hasRights: boolean, hasTrust: boolean) {
  if (hasTrust) return invariantsWithTrust();
  return hasRights ? invariantsWithRights() : allInvariants();
}

async function run(
  world: World,
  operators: Operators,
  access: Access | undefined,
  violated: () => boolean,
): Promise<void> {
  const { chance, time } = world;
  await time.runUntil(START_MS, violated);
  const endMs = time.now + chance.between(30_000, 300_000);
  const [low, high] = chance.happens(0.5) ? [500, 15_000] : [5000, 60_000];
  while (time.now < endMs && !violated()) {
    strike(world);
    operators.act();
    access?.act();
    world.tokens?.act();
    await time.runUntil(time.now + chance.between(low!, high!), violated);
  }
  heal(world);
  access?.settle();
  world.tokens?.settle();
  world.work.over = true;
  // A fault of before may only now be made good.
  await time.runUntil(time.now + 1000, violated);
  heal(world);
  operators.settle();
  const lost = world.clusters.some((cluster) =>
    [...cluster.peers.values()].some((peer) => peer.lost)
  );
  const names = new Set(world.machines.map((machine) => machine.settings.host));
  // A member that was asked for under a name its host lost is nobody's, and goes like a dead one.
  let waits = lost || world.certificates !== undefined || names.size < world.machines.length;
  const startMs = time.now;
  const isOver = () => time.now >= startMs + REST_MS + (waits ? DEAD_MS + REST_MS : 0);
  while (!isOver() && !violated()) {
    await time.runUntil(time.now + 500, violated);
    if (problemOf(world) === undefined) break;
    operators.settle(0);
    world.tokens?.settle();
    waits ||= world.clusters.some((cluster) =>
      [...cluster.peers.values()].some((peer) => isLeftOver(world, peer))
    );
  }
  const isWell = violated() || problemOf(world) === undefined;
  if (!isWell) return world.observe({ type: "end" });
  const { faults } = world;
  const failed = world.clusters.some((cluster) => givenUp(cluster).length > 0);
  // Who failed is asked again, and of two with one name each may get it.
  world.calm = !failed && names.size === world.machines.length;
  await time.runUntil(time.now + CALM_MS, violated);
  world.faults = faults;
  if (!violated() && world.calm) world.observe({ type: "end" });
}

function populate(world: World, access: Access | undefined): void {
  const { chance } = world;
  const count = 1 + chance.below(6);
  const ideal = chance.pick([undefined, 1, 2, 3, 3, 5, 5]);
  const mutual = chance.happens(0.5);
  const urls = Array.from({ length: count }, (_, index) => `http://m${index}:2379`);
  const twin = count > 2 && chance.happens(0.15);
  const domains = chance.happens(0.3);
  world.note(() =>
    `${count} machines, ideal size ${ideal}, ${mutual ? "mutual seeds" : "one seed"}`
  );
  const hostsOnly = urls.filter((_, index) => access?.isOnlyHost(index) === true);
  for (const [index, url] of urls.entries()) {
    // Who never runs etcd founds nothing, and is asked by nobody.
    const others = urls.filter((each) => each !== url && !hostsOnly.includes(each));
    const seeds = mutual ? others : index === 0 ? [] : [urls[0]!];
    const machine = world.addMachine({
      host: twin && index === count - 1 ? "h1" : `h${index}`,
      seeds,
      clientUrls: [url],
      peerUrls: [`http://m${index}:2380`],
      ...inCluster(index === 0 || mutual || !chance.happens(0.1), hostsOnly.includes(url), access),
      volunteer: true,
      ...(world.certificates === undefined ? {} : { keepsTrust: true }),
      patience: PATIENCE,
      ...(ideal === undefined ? {} : { idealSize: ideal }),
      ...(domains ? { domain: chance.pick(["a", "b", "c"]) } : {}),
    });
    machine.broken = index > 0 && !mutual && chance.happens(0.1);
    const together = mutual && chance.happens(0.5);
    world.time.after(together ? 1 : chance.between(0, 5000), () => world.startAgent(machine));
  }
}

/** Whether a host may run etcd, and so keeps the rights where there are any. */
function inCluster(mayServe: boolean, isOnlyHost: boolean, access: Access | undefined) {
  if (access === undefined) return { server: mayServe };
  const server = mayServe && !isOnlyHost;
  return { server, keepsRights: server };
}
