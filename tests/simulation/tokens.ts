/**
 * Tokens in the simulated clusters that have rights, more hosts that ask with them than may, and orders to
 * replace the authority. With chance of its own, like the operators.
 *
 * @module
 */

import { ok, type Result } from "../../src/base/result.ts";
import type { JoinRequest } from "../../src/cluster/agent/io.ts";
import type { Judged } from "../../src/cluster/leader/joins.ts";
import {
  bindingKey,
  joinKey,
  liveKey,
  operationKey,
  parseKey,
  prefixRange,
  rollingKey,
  tokenKey,
  tokenRange,
} from "../../src/cluster/store/keys.ts";
import { read, write } from "../../src/cluster/store/records.ts";
import { rotationKey } from "../../src/cluster/store/rotation_keys.ts";
import type { StoreOperation } from "../../src/cluster/store/store.ts";
import type { EtcdModel } from "./etcd.ts";
import type { Machine } from "./machine.ts";
import { Chance } from "./random.ts";
import type { World } from "./world.ts";

/** How often something of it is done when a fault strikes. */
const OFTEN = 0.3;
const ROTATES = 0.5;
/** Within so long all of a token have asked. */
const ASK_MS = 8000;
/** Until it is known what one asks for. */
const JUDGE_MS = 1500;

/** What a guest asks for, as text. */
interface Asking {
  readonly host: string;
  readonly id: string;
}

/** Whoever has a token, and who made it. */
export class Tokens {
  readonly #world: World;
  readonly #chance: Chance;
  #guests = 0;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#chance = new Chance(seed + 613);
  }

  /** Something may be asked. */
  act(): void {
    if (!this.#chance.happens(OFTEN)) return;
    for (const cluster of this.#world.clusters) {
      if (!cluster.rights.enabled || cluster.leader === undefined) continue;
      if (this.#chance.happens(ROTATES)) this.#rotate(cluster);
      else this.#invite(cluster);
    }
  }

  /** Nobody is let in any more; again, where nothing could be written then. */
  settle(): void {
    for (const cluster of this.#world.clusters) {
      const page = cluster.data.list(tokenRange(), 1);
      const isLeft = page.ok && page.value.entries.length > 0;
      if (isLeft) this.#write(cluster, { type: "deleteRange", range: tokenRange() });
    }
  }

  /** A host that leads finds out what is asked for, as it was written. */
  judge(machine: Machine, id: number, { text }: JoinRequest): void {
    const { host, id: hostId }: Asking = JSON.parse(text);
    const answer = JSON.stringify({ host, id: hostId });
    const result: Result<Judged> = ok({ role: "agent", host, id: hostId, answer });
    const delayMs = this.#chance.between(1, JUDGE_MS);
    this.#world.sendAfter(machine, delayMs, { type: "judged", id, result });
  }

  /** A token, and some that ask with it: more than it is for, some twice, some by the same name. */
  #invite(cluster: EtcdModel): void {
    const { time } = this.#world;
    const token = this.#chance.hex(8);
    const uses = 1 + this.#chance.below(3);
    const times = { forMs: this.#chance.between(5000, 60_000), madeAt: 0, madeBy: "h0" };
    this.#world.note(() => `-- the token ${token} is for ${uses}`);
    const value = write({ role: "agent" as const, uses, used: [], ...times });
    this.#write(cluster, { type: "put", key: tokenKey(token), value });
    for (let count = uses + this.#chance.below(4); count > 0; count--) {
      const key = this.#chance.hex(32);
      const isNamesake = this.#chance.happens(0.2);
      const host = `guest${isNamesake ? this.#guests : ++this.#guests}`;
      const text = JSON.stringify({ host, id: key.slice(0, 32) });
      const put = { type: "put", key: joinKey(token, key), value: text } as const;
      for (let again = this.#chance.below(2); again >= 0; again--) {
        time.after(this.#chance.between(0, ASK_MS), () => this.#write(cluster, put));
      }
    }
  }

  /** As `mgmt cluster rotate ca --yes` does, where nothing is in its way. */
  #rotate(cluster: EtcdModel): void {
    const { data, peers } = cluster;
    const record = read.rotation(data.get(rotationKey())?.value);
    const isBusy = (record?.step ?? "done") !== "done" ||
      [operationKey(), rollingKey()].some((key) => data.get(key) !== undefined);
    const isWhole = [...peers.values()].every((peer) =>
      peer.connectedSince !== undefined && this.#isThere(cluster, this.#world.machineOf(peer.id))
    );
    if (isBusy || !isWhole) return;
    const away = hostsIn(cluster, bindingKey("")).filter((host) =>
      data.get(liveKey(host)) === undefined
    );
    this.#world.note(() => "-- the authority is to be replaced");
    const value = write({
      ...{ step: "asked" as const, by: "h0", known: hostsIn(cluster, liveKey("")) },
      patience: Object.fromEntries(away.map((host) => [host, 0])),
    });
    this.#write(cluster, { type: "put", key: rotationKey(), value });
  }

  #isThere({ data }: EtcdModel, machine: Machine | undefined): boolean {
    return machine?.agent !== undefined && data.get(liveKey(machine.settings.host)) !== undefined;
  }

  #write(cluster: EtcdModel, ...then: readonly StoreOperation[]): void {
    const { leader } = cluster;
    if (leader === undefined) return;
    const transaction = { when: [], then };
    cluster.execute(leader, { type: "transact", transaction }, this.#world.now);
    this.#world.pumpAll(cluster);
  }
}

function hostsIn({ data }: EtcdModel, prefix: string): readonly string[] {
  const page = data.list(prefixRange(prefix), 1000);
  return (page.ok ? page.value.entries : []).flatMap(({ key }) => {
    const parsed = parseKey(key);
    return parsed !== undefined && "host" in parsed ? [parsed.host] : [];
  });
}
