import { dirname } from "node:path";
import { wayTo } from "../os/files/file_way.ts";
import { type Failure, failure } from "../base/result.ts";
import { type Distrust, judge, openingsOf, type TrustRule } from "./graph/graph_trust.ts";

/** What is wrong with a place for state that others can write, or lead elsewhere; it need not exist. */
export async function judgePrefix(prefix: string, rule: TrustRule): Promise<Distrust | undefined> {
  let way = await wayTo(prefix);
  for (let path = prefix; !way.ok && path !== "/"; way = await wayTo(path)) path = dirname(path);
  return way.ok ? judge(await openingsOf(way.value), rule, prefix) : undefined;
}

/** Why nothing may be written there; undefined: it may. */
export async function unsafePrefix(prefix: string, rule: TrustRule): Promise<Failure | undefined> {
  const distrust = await judgePrefix(prefix, rule);
  if (distrust?.severity !== "error") return undefined;
  return failure(distrust.message, { code: "unsafe", hint: distrust.hint });
}
