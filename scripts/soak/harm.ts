/**
 * What the soak does to a world and to its agent.
 *
 * @module
 */

import type { SoakAgent } from "./soak_agent.ts";
import type { World } from "./world.ts";

/** Who is harmed, and by what chance. */
export interface Victim {
  readonly world: World;
  readonly agent: SoakAgent;
  /** A whole number below the limit. */
  readonly below: (limit: number) => number;
}

type Harm = (victim: Victim) => void | Promise<void>;

/** Each with how often it is chosen. The brake leaves a resource alone that is spoilt without end. */
const HARMS: readonly (readonly [number, Harm])[] = [
  [30, ({ world, below }) => Deno.removeSync(pathOf(world, below))],
  [30, ({ world, below }) => Deno.writeTextFileSync(pathOf(world, below), "spoilt")],
  [10, ({ world, below }) => {
    Deno.writeTextFileSync(pathOf(world, below), "x".repeat(below(2_000_000)));
  }],
  [10, ({ world, below }) => {
    Deno.writeTextFileSync(pathOf(world, below), "more", { append: true });
  }],
  [10, ({ world, below }) => Deno.truncateSync(pathOf(world, below), below(50))],
  [10, ({ world, below }) => Deno.chmodSync(pathOf(world, below), 0o600 + below(64))],
  // To nothing: what is done to a path after this may follow the link.
  [5, ({ world, below }) => replace(pathOf(world, below), (at) => Deno.symlinkSync("nowhere", at))],
  [5, ({ world, below }) => replace(pathOf(world, below), (at) => Deno.mkdirSync(at))],
  [3, ({ world, below }) => Deno.removeSync(`${world.directory}/${"abc"[below(3)]}/file-0`)],
  [3, ({ world, below }) => {
    Deno.writeTextFileSync(`${world.directory}/purged/${below(1000)}`, "stray");
  }],
  [2, ({ world }) => Deno.writeTextFileSync(`${world.directory}/tree/deep/stray`, "stray")],
  [2, ({ world }) => Deno.writeTextFileSync(world.hosts, "127.0.0.1 localhost\n")],
  [2, ({ world }) => world.publish()],
  [3, edit],
  [1, breakAndMend],
  [1, ({ agent, below }) => agent.again(below(3) === 0 ? "SIGTERM" : "SIGKILL")],
];

const ALL = HARMS.reduce((sum, [weight]) => sum + weight, 0);

/** Does one of them; what cannot be done because the agent was quicker is left. */
export async function harm(victim: Victim): Promise<void> {
  let chosen = victim.below(ALL);
  const [, act] = HARMS.find(([weight]) => (chosen -= weight) < 0) ?? HARMS[0]!;
  try {
    await act(victim);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown)) throw thrown;
  }
}

function pathOf({ paths }: World, below: (limit: number) => number): string {
  return paths[below(paths.length)] ?? "";
}

function replace(path: string, make: (path: string) => void): void {
  Deno.removeSync(path, { recursive: true });
  make(path);
}

/** Written beside and moved, or written in place. */
function edit({ world, below }: Victim): void {
  for (let count = below(3); count >= 0; count--) world.change(below(world.paths.length));
  if (below(2) === 0) return Deno.writeTextFileSync(world.graph, world.text());
  Deno.writeTextFileSync(`${world.graph}.new`, world.text());
  Deno.renameSync(`${world.graph}.new`, world.graph);
}

function breakAndMend(victim: Victim): void {
  Deno.writeTextFileSync(victim.world.graph, "graph: [broken\n");
  edit(victim);
}
