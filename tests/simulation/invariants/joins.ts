import {
  bindingKey,
  joinedRange,
  parseKey,
  tokenKey,
  tokenRange,
} from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import { readRefused } from "../../../src/trust/refused_answer.ts";
import type { EtcdModel } from "../etcd.ts";
import type { Invariant } from "../invariant.ts";

/** Whoever is let in counts, whoever leads, and has a name of its own. */
export function tokensCount(): Invariant {
  const names = new Map<string, string>();
  return {
    name: "a token lets in as many hosts as it is for, each under a name of its own",
    see(event) {
      if (event.type !== "written") return undefined;
      const { cluster, transaction } = event;
      const answered = transaction.then.flatMap((each) =>
        each.type === "put" && parseKey(each.key)?.type === "joined" &&
          readRefused(each.value) === undefined
          ? [JSON.parse(each.value) as { readonly host: string; readonly id: string }]
          : []
      );
      for (const { host, id } of answered) {
        const other = names.get(host);
        if (other !== undefined && other !== id) return `${host} is ${other}, and ${id}`;
        names.set(host, id);
        const bound = read.binding(cluster.data.get(bindingKey(host))?.value)?.id;
        if (bound !== id) return `${id} is let in as ${host}, which is bound to ${bound}`;
      }
      return answered.length === 0 ? undefined : tooManyIn(cluster);
    },
  };
}

function tooManyIn({ data }: EtcdModel): string | undefined {
  const page = data.list(tokenRange(), 1000);
  for (const { key } of page.ok ? page.value.entries : []) {
    const parsed = parseKey(key);
    if (parsed?.type !== "token") continue;
    const record = read.token(data.get(tokenKey(parsed.id))?.value);
    const answers = data.list(joinedRange(parsed.id), 1000);
    const all = answers.ok ? answers.value.entries : [];
    const count = all.filter(({ value }) => readRefused(value) === undefined).length;
    if (record !== undefined && count > record.uses) {
      return `the token ${parsed.id} is for ${record.uses} and let ${count} in`;
    }
  }
  return undefined;
}
