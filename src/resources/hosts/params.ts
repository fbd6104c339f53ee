/**
 * From the fields of a hosts resource to its parameters.
 *
 * @module
 */

import type { ResolveContext } from "../../kind/kind.ts";
import { type PartParams, resolvePart } from "../shared/parts/part.ts";
import { isHostsName, plainAddress, sameFamily } from "./address.ts";
import type { HostsFields } from "./fields.ts";

/** What a hosts resource asks for; plain data. */
export interface HostsParams extends PartParams {
  /** Absent: every address. */
  readonly ip?: string;
  /** Small letters and capitals as they are said; empty: all names of the address, which should be absent. */
  readonly names: readonly string[];
  readonly append: boolean;
}

const HOSTS = "/etc/hosts";

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveHosts(fields: HostsFields, context: ResolveContext): HostsParams {
  const { state, append, path = HOSTS } = fields;
  const { name, issue } = context;
  const absent = state === "absent";
  const ip = fields.ip === undefined ? undefined : plainAddress(fields.ip);
  if (ip === undefined && !absent) issue({ path: ["ip"], message: "ip is missing" });
  if (ip === undefined && fields.names === undefined && absent) {
    issue({ path: ["names"], message: "ip and names are missing", hint: "write one of them" });
  }
  if (append && absent) issue({ path: ["append"], message: "append is for what should be there" });
  if (fields.names === undefined && !absent && !isHostsName(name)) {
    const message = `${JSON.stringify(name)} is no name of a host`;
    issue({ path: ["names"], message, hint: "write names" });
  }
  return {
    ...resolvePart({ ...fields, path, create: !absent }, context),
    ...(ip === undefined ? {} : { ip }),
    names: distinct(fields.names ?? (absent ? [] : [name])),
    append: append ?? false,
  };
}

function distinct(names: readonly string[]): readonly string[] {
  const small = names.map((each) => each.toLowerCase());
  return names.filter((_each, index) => small.indexOf(small[index] ?? "") === index);
}

/** An address whose names are all said is one resource's. */
export function identityOf({ path, ip, names, append, absent }: HostsParams): string {
  const which = append || absent ? names : [];
  return [`${path}:`, ip, ...which].filter((each) => each !== undefined).join(" ");
}

/** Why two resources of one file cannot both be true. */
export function contradiction(one: HostsParams, other: HostsParams): string | undefined {
  if (one.path !== other.path) return undefined;
  if (one.absent !== other.absent) {
    const [gone, kept] = one.absent ? [one, other] : [other, one];
    const isMeant = gone.ip === undefined || gone.ip === kept.ip;
    const name = gone.names.length === 0 ? kept.names[0] : common(gone, kept);
    return isMeant && name !== undefined
      ? `the one gives the name ${name} an address, and the other has it absent`
      : undefined;
  }
  if (one.absent) return undefined;
  if (one.ip === other.ip) return extra(one, other) ?? extra(other, one);
  const name = common(one, other);
  if (name === undefined || !sameFamily(one.ip ?? "", other.ip ?? "")) return undefined;
  return `both give the name ${name} an address, each another`;
}

function common(one: HostsParams, other: HostsParams): string | undefined {
  const small = other.names.map((each) => each.toLowerCase());
  return one.names.find((each) => small.includes(each.toLowerCase()));
}

function extra(whole: HostsParams, other: HostsParams): string | undefined {
  if (whole.append) return undefined;
  const small = whole.names.map((each) => each.toLowerCase());
  const name = other.names.find((each) => !small.includes(each.toLowerCase()));
  return name && `the one says all names of ${whole.ip}, and ${name} is none of them`;
}
