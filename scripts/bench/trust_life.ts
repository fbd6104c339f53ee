/**
 * What TLS costs the life of a cluster: one in plain text and one over TLS, in turns of one run.
 *
 * @module
 */

import { join } from "node:path";
import { type Life, live } from "./cluster_life.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { median } from "./statistics.ts";

export const trustLife: Row = { name: "trust-life", measure };

const MODES = ["plain", "tls"] as const;

async function measure(context: Context): Promise<Figure[]> {
  const lives: Record<(typeof MODES)[number], Life[]> = { plain: [], tls: [] };
  for (let turn = 0; turn < (context.quick ? 3 : 7); turn++) {
    for (const mode of MODES) {
      const life = await live(context, join(context.directory, `trust-life-${mode}-${turn}`), mode);
      context.say(
        `${mode}: join ${ms(life.joinMs)}, change ${ms(median(life.changeMs))}, ` +
          `leader killed ${ms(life.failoverMs)}`,
      );
      lives[mode].push(life);
    }
  }
  const compared = (of: (life: Life) => number | readonly number[]) => {
    const all = (mode: (typeof MODES)[number]) => median(lives[mode].flatMap(of));
    const [plain, tls] = [all("plain"), all("tls")];
    return { plain, tls, measured: `TLS ${ms(tls)}, plain ${ms(plain)}`, details: lives };
  };
  const change = compared(({ changeMs }) => changeMs);
  const joined = compared(({ joinMs }) => joinMs);
  const failover = compared(({ failoverMs }) => failoverMs);
  return [{
    what: "change of A's graph until written on B and C, TLS : plain",
    ...{ measured: change.measured, details: change.details },
    value: change.tls / change.plain,
    unit: " ×",
    must: 1.25,
  }, {
    what: "a third host from start to exchanged files, by token more than plain",
    measured: joined.measured,
    value: joined.tls - joined.plain,
    unit: " ms",
    must: 1000,
  }, {
    what: "leader's etcd killed until an export is everywhere, TLS more than plain",
    measured: failover.measured,
    value: failover.tls - failover.plain,
    unit: " ms",
    must: 300,
  }];
}
