/**
 * Whom the simulated machines believe and what they show, as `trust/rotating.ts` makes it of files, and what
 * their agents ask of that. A certificate is the mark of the authority that signed it.
 *
 * @module
 */

import { fail, ok, type Result } from "../../src/base/result.ts";
import type { TrustAnswer, TrustTask } from "../../src/cluster/agent/trust_work.ts";
import type { MarkedAuthority, Rotation } from "../../src/trust/rotating.ts";
import { read } from "../../src/cluster/store/records.ts";
import { rotationKey } from "../../src/cluster/store/rotation_keys.ts";
import type { Machine } from "./machine.ts";
import type { World } from "./world.ts";

/** How a machine stands. */
export interface Stand {
  believes: readonly string[];
  shows: string;
  /** None: it has no server role. */
  keys: readonly string[];
}

const FIRST = "ca1";
/** The longest that files take. */
const FILES_MS = 300;

/** All certificates of one fleet. */
export class Certificates {
  readonly #world: World;
  readonly #stands = new Map<Machine, { readonly id: string; readonly stand: Stand }>();
  #made = 1;

  constructor(world: World) {
    this.#world = world;
  }

  /** How that one stands; who has lost its disk was let in anew, by the authority that counts. */
  of(machine: Machine): Stand {
    const { disk: { id }, settings: { server } } = machine;
    const known = this.#stands.get(machine);
    if (known?.id === id) return known.stand;
    const stand = letIn(this.#counts(), server);
    this.#stands.set(machine, { id, stand });
    return stand;
  }

  /** Does that with the files at once; the agent hears of it later, if it still lives. */
  do(machine: Machine, id: number, wish: TrustTask): void {
    const stand = this.of(machine);
    if (wish.type === "follow") this.#letInAnew(machine, stand, wish.rotation);
    const result = this.#done(stand, wish);
    const delayMs = this.#world.chance.between(1, FILES_MS);
    this.#world.sendAfter(machine, delayMs, { type: "trusted", id, result });
  }

  /** Who was left behind reaches nobody, so its operator gives it a new token, or the secret. */
  #letInAnew(
    { settings: { server }, clusterId }: Machine,
    stand: Stand,
    rotation?: Rotation,
  ): void {
    if (rotation === undefined) return;
    const { old, next } = rotation;
    const { data } = this.#world.clusters.find(({ id }) => id === clusterId) ?? {};
    const isDone = read.rotation(data?.get(rotationKey())?.value)?.step === "done";
    const counts = isDone ? next : old;
    const isIn = stand.believes.includes(counts.mark) ||
      !isDone && stand.believes.includes(next.mark);
    if (!isIn) Object.assign(stand, letIn(counts.mark, server));
  }

  /** What most of those show that were there before. */
  #counts(): string {
    const shown = [...this.#stands.values()].map(({ stand: { shows } }) => shows);
    const times = (mark: string) => shown.filter((each) => each === mark).length;
    return shown.toSorted((one, other) => times(other) - times(one))[0] ?? FIRST;
  }

  #done(stand: Stand, wish: TrustTask): Result<TrustAnswer> {
    switch (wish.type) {
      case "make":
        return this.#make(stand);
      case "give":
        return stand.keys.includes(wish.next.mark)
          ? ok({ given: sealed(wish.host, wish.next) })
          : fail("it does not have that key");
      case "follow":
        return follow(stand, wish);
    }
  }

  #make(stand: Stand): Result<TrustAnswer> {
    const [own] = stand.keys;
    if (own === undefined) return fail("it has no server role");
    const mark = `ca${++this.#made}`;
    stand.keys = [own, mark];
    return ok({ made: { old: { mark: own, cert: own }, next: { mark, cert: mark } } });
  }
}

function letIn(mark: string, server: boolean): Stand {
  return { believes: [mark], shows: mark, keys: server ? [mark] : [] };
}

function sealed(host: string, { mark }: MarkedAuthority): string {
  return `${mark} for ${host}`;
}

/** Brings it as far as its cluster is; who has no key of its own has its certificate made anew elsewhere. */
function follow(
  stand: Stand,
  { host, rotation, given }: TrustTask & { readonly type: "follow" },
): Result<TrustAnswer> {
  if (rotation === undefined) return ok({ stand: { ...stand } });
  const { step, old, next } = rotation;
  const isServer = stand.keys.length > 0;
  if (isServer && given === sealed(host, next)) {
    stand.keys = [...new Set([...stand.keys, next.mark])];
  }
  const lacks = isServer && !stand.keys.includes(next.mark);
  const request = lacks ? { request: `${host} asks for ${next.mark}` } : {};
  if (step === "share") return ok({ stand: { ...stand }, ...request });
  if (!stand.believes.includes(next.mark)) {
    if (!stand.believes.includes(old.mark)) return fail("that authority is another's");
    stand.believes = [...stand.believes, next.mark];
  }
  if (step !== "believe" && !lacks) {
    stand.shows = next.mark;
    if (isServer) stand.keys = [next.mark];
    if (step === "forget") stand.believes = [next.mark];
  }
  return ok({ stand: { ...stand }, ...request });
}
