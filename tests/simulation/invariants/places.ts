import { parseKey, wantedRange } from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import type { StoreTransaction } from "../../../src/cluster/store/store.ts";
import type { EtcdModel } from "../etcd.ts";
import type { Job } from "../fleet_work.ts";
import type { Invariant } from "../invariant.ts";

/** Never do more work at the same time than any of them has asked for; places go to who asked first. */
export function places(): Invariant {
  return {
    name: "never more places than asked for, and first come first",
    see(event, world) {
      if (event.type === "written") return outOfTurn(event.cluster, event.transaction);
      if (event.type !== "works" && event.type !== "tick") return undefined;
      const working = world.work.jobs.filter(({ works, machine }) => works && !machine.agentPaused);
      for (const [name, jobs] of Map.groupBy(working, (job) => job.name)) {
        const most = Math.min(...jobs.map(({ size }) => size));
        if (jobs.length > most) return `${jobs.map(textOf).join(" and ")} work on ${name}`;
      }
      return undefined;
    },
  };
}

function textOf({ machine, size, want }: Job): string {
  return `${machine} (${want}, of ${size})`;
}

/** Somebody is given a place who asked after one that has none. */
function outOfTurn({ data }: EtcdModel, { then }: StoreTransaction): string | undefined {
  const given = then.flatMap((each) => {
    const parsed = each.type === "put" ? parseKey(each.key) : undefined;
    return parsed?.type === "granted" ? [parsed] : [];
  });
  if (given.length === 0) return undefined;
  const page = data.list(wantedRange(), 1000);
  const wishes = page.ok ? page.value.entries : [];
  const wish = (host: string, id: string) =>
    wishes.find(({ key }) => key.endsWith(`${host}/${id}`));
  for (const { host, id } of given) {
    const own = wish(host, id);
    const name = read.wanted(own?.value)?.name;
    const earlier = wishes.find(({ key, value, createRevision }) =>
      read.wanted(value)?.name === name && createRevision < (own?.createRevision ?? 0) &&
      data.get(key.replace("/wanted/", "/granted/")) === undefined
    );
    if (earlier !== undefined) return `${host} gets a place before ${earlier.key}`;
  }
  return undefined;
}
