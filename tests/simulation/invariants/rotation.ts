import { liveKey } from "../../../src/cluster/store/keys.ts";
import { read, type RotationRecord } from "../../../src/cluster/store/records.ts";
import { rotationKey } from "../../../src/cluster/store/rotation_keys.ts";
import type { Stand } from "../certificates.ts";
import type { EtcdModel } from "../etcd.ts";
import type { Invariant } from "../invariant.ts";
import type { Machine } from "../machine.ts";
import type { World } from "../world.ts";

/** A leader that was stopped decides by what was so before its lease was over. */
const KNOWN_MS = 30_000;

type Step = RotationRecord["step"];

/** What all have done before a step begins: with the next one's mark, how a host stands, and what its etcd believes. */
const DONE_BEFORE: Partial<
  Record<Step, (next: string, host: Stand, etcd: readonly string[]) => boolean>
> = {
  believe: (next, { keys }) => keys.length === 0 || keys.includes(next),
  certify: (next, { believes }, etcd) => believes.includes(next) && etcd.includes(next),
  forget: (next, { shows }) => shows === next,
  done: (next, { believes }, etcd) => [...believes, ...etcd].every((each) => each === next),
};

/** So that nobody who is there meets a certificate that it does not believe. */
export function stepsTogether(): Invariant {
  const since = new Map<string, number>();
  const steps = new Map<EtcdModel, Step>();
  return {
    name: "a step to another authority begins when all who are there have done the one before",
    see(event, world) {
      if (world.certificates === undefined) return undefined;
      if (event.type === "tick") return void noteWhoIsThere(world, since);
      if (event.type !== "written") return undefined;
      const { cluster, transaction } = event;
      const isIt = transaction.then.some((each) => "key" in each && each.key === rotationKey());
      const record = isIt ? read.rotation(cluster.data.get(rotationKey())?.value) : undefined;
      if (record?.next === undefined || steps.get(cluster) === record.step) return undefined;
      steps.set(cluster, record.step);
      const { step, next: { mark } } = record;
      const late = world.machines.find((machine) => {
        const at = since.get(placeOf(machine, cluster)) ?? Infinity;
        return world.now - at > KNOWN_MS && !hasDone(world, machine, step, mark);
      });
      return late && `${event.machine} begins to ${step} ${mark}, and ${late} is not so far`;
    },
  };
}

function hasDone(world: World, machine: Machine, step: Step, next: string): boolean {
  const stand = world.certificates?.of(machine);
  const etcd = machine.process?.data === undefined ? [next] : machine.process.believes;
  return stand === undefined || DONE_BEFORE[step]?.(next, stand, etcd) !== false;
}

function noteWhoIsThere({ machines, clusters, now }: World, since: Map<string, number>): void {
  for (const cluster of clusters) {
    for (const machine of machines) {
      const place = placeOf(machine, cluster);
      const live = read.live(cluster.data.get(liveKey(machine.settings.host))?.value);
      const isThere = machine.agent?.status().registered === true &&
        live?.id === machine.disk.id && machine.disk.clusterId === cluster.id;
      if (!isThere) since.delete(place);
      else if (!since.has(place)) since.set(place, now);
    }
  }
}

/** Of who is another by now nothing is known. */
function placeOf({ index, disk: { id } }: Machine, cluster: EtcdModel): string {
  return `${index} ${id} ${cluster.id}`;
}
