import {
  bindingKey,
  exportedKey,
  idealSizeKey,
  keyRange,
  leaderKey,
  liveKey,
  nominatedKey,
  operationKey,
  parseKey,
  prefixRange,
  ROOT_KEY,
} from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import { commonGrants, isGranted, ownGrants } from "../../../src/cluster/store/rights.ts";
import type { EtcdModel } from "../etcd.ts";
import type { Invariant } from "../invariant.ts";
import { type Need, needsOf, ROOT } from "../model_rights.ts";

/** A host asks only for what the table gives it. */
export function asksWhatItMay(): Invariant {
  return {
    name: "a host asks only for what the table of rights gives it",
    see(event) {
      if (event.type !== "asked" || event.machine.user === ROOT) return undefined;
      const { machine, call } = event;
      const grants = [...commonGrants(), ...ownGrants(machine.settings.host)];
      const needs = needsOf(call);
      if (needs === undefined) return `${machine} asks for ${call.type}, which only root may`;
      const beyond = needs.find(({ range, access }) => !isGranted(grants, range, access));
      if (beyond === undefined) return undefined;
      const { access, range: { from, to } } = beyond;
      return `${machine} asks to ${access} from ${from} to ${to}`;
    },
  };
}

/** Nobody who may do everything speaks before rights are in force. */
export function rightsFirst(): Invariant {
  return {
    name: "rights are in force before anybody speaks",
    see(event) {
      if (event.type !== "written" || event.machine.settings.keepsRights !== true) return undefined;
      return event.cluster.rights.enabled ? undefined : `${event.machine} speaks without rights`;
    },
  };
}

/** No host may write what is another's or the leader's, or read as a whole what it may read in part. */
export function nobodyMayMore(): Invariant {
  return {
    name: "no host may write what is another's, or read all",
    see(event, world) {
      if (event.type !== "tick") return undefined;
      for (const cluster of world.clusters) {
        if (!cluster.rights.enabled) continue;
        for (const user of cluster.rights.users.keys()) {
          const problem = user === ROOT ? undefined : tooMuchOf(cluster, user);
          if (problem !== undefined) return `${user} may ${problem}`;
        }
      }
      return undefined;
    },
  };
}

/** Whose a name is may just have changed: only what was never this user's is looked at. */
function tooMuchOf({ rights, data }: EtcdModel, user: string): string | undefined {
  const names = boundNames(data).map(({ host }) => host);
  const keys = [
    ...["a", "zz"].flatMap((host) => [exportedKey(host, "file", "x"), liveKey(host)]),
    ...["a", ...names].flatMap((host) => [nominatedKey(host), bindingKey(host)]),
    ...[idealSizeKey(), leaderKey(), operationKey()],
  ];
  const written = keys.find((key) => rights.allows(user, writing(key)));
  if (written !== undefined) return `write ${written}`;
  const reads = rights.allows(user, { range: prefixRange(ROOT_KEY), access: "read" });
  return reads ? "read everything at once" : undefined;
}

function writing(key: string): Need {
  return { range: keyRange(key), access: "write" };
}

function hostOf(key: string): string | undefined {
  const parsed = parseKey(key);
  return parsed !== undefined && "host" in parsed ? parsed.host : undefined;
}

function boundNames(data: EtcdModel["data"]): { readonly host: string; readonly id: string }[] {
  const page = data.list(prefixRange(bindingKey("")), 1000);
  return (page.ok ? page.value.entries : []).flatMap(({ key, value }) => {
    const record = read.binding(value);
    const host = hostOf(key);
    return record?.role === "host" && host !== undefined ? [{ host, id: record.id }] : [];
  });
}

/** When all is well, users and roles are those of the hosts that are let in. */
export function rightsFit(): Invariant {
  return {
    name: "in the end users and roles are those of the hosts that are let in",
    see(event, world) {
      if (event.type !== "end") return undefined;
      for (const { rights, data, ended, leader } of world.clusters) {
        if (!rights.enabled || ended || leader === undefined) continue;
        const bound = boundNames(data);
        const users = [ROOT, ...bound.map(({ id }) => id)].sort().join();
        const there = [...rights.users.keys()].sort().join();
        if (users !== there) return `users are ${there}, and should be ${users}`;
        const roles = ["hosts", ...bound.map(({ id }) => `host-${id}`)].sort().join();
        const given = [...rights.roles.keys()].sort().join();
        if (roles !== given) return `roles are ${given}, and should be ${roles}`;
        for (const { host, id } of bound) {
          for (const other of bound) {
            const may = rights.allows(id, writing(exportedKey(other.host, "file", "x")));
            if (may === (other.host === host)) continue;
            return `${host} ${may ? "may" : "may not"} write what is ${other.host}'s`;
          }
        }
      }
      return undefined;
    },
  };
}

/** Who has only a certificate of its own cannot run etcd, and is not asked to, whatever it says. */
export function serversAlone(): Invariant {
  return {
    name: "only hosts with the server role are asked to run etcd",
    see(event, world) {
      if (event.type !== "landed" || event.call.type !== "add") return undefined;
      const { peerUrls } = event.call;
      const asked = world.machines.find((machine) => peerUrls.includes(machine.peerUrl));
      if (asked === undefined || asked.settings.server) return undefined;
      return `${event.machine} adds ${asked}, which has no server role`;
    },
  };
}
