/** What it costs a cluster to replace its authority, or to cast a member out so, as it is said before. */

import { type Failure, failure } from "../../base/result.ts";
import { leftWithout, type RotatingCluster, type Without } from "../../cluster/admin/rotating.ts";
import { named } from "../../cluster/leader/rotation.ts";
import { sizeText } from "../../report/cluster_size_text.ts";

/** See {@linkcode costOf}. */
interface RotationCost {
  /** What is left without the member that goes; absent: none goes. */
  readonly size?: string;
  /** What is only done where somebody says `--yes`; absent: nothing that needs it. */
  readonly asks?: Failure;
}

/** `away`: hosts that are not there, and are left behind. */
export function costOf(
  cluster: RotatingCluster,
  without: Without,
  away: readonly string[],
): RotationCost {
  const left = leftWithout(cluster, without);
  const size = left === undefined
    ? undefined
    : `without ${without?.host} the cluster has ${sizeText(left)}`;
  const isFrail = left !== undefined && left.mayFail < 1;
  const asks = [...leavesBehind(away), ...(isFrail ? [losesSpare(size ?? "")] : [])];
  return {
    ...(size === undefined ? {} : { size: `${size}, until another host runs etcd in its place` }),
    ...(asks.length === 0 ? {} : { asks: together(asks) }),
  };
}

function leavesBehind(away: readonly string[]): readonly Failure[] {
  if (away.length === 0) return [];
  const need = away.length === 1 ? "is not there: it needs" : "are not there: they need";
  return [failure(`${named(away)} ${need} a new token afterwards`, {
    code: "away",
    hint: "start them first, or where they are gone for good: mgmt forget HOST; " +
      "--yes goes on without them at once",
  })];
}

function losesSpare(size: string): Failure {
  return failure(size, {
    code: "no-spare",
    hint:
      "have another host run etcd first (mgmt token create --role server, on a host that does); " +
      "--yes casts it out nevertheless",
  });
}

/** All of it at once: one word says yes to each. */
function together(asks: readonly Failure[]): Failure {
  const all = (texts: readonly (string | undefined)[]) => texts.join("; and ");
  const [first] = asks;
  return failure(all(asks.map(({ message }) => message)), {
    ...(first?.code === undefined ? {} : { code: first.code }),
    hint: all(asks.map(({ hint }) => hint)),
  });
}
