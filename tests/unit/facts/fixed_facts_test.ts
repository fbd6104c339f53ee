/** Facts that a file says: what is taken, what is a mistake, and what flags put in their place. */

import { assertEquals } from "@std/assert";
import { inputsOfRun } from "../../../src/app/facts/graph_inputs.ts";
import { type FixedFacts, fixedFacts } from "../../../src/facts/fixed_facts.ts";

const WEB1 = { name: "web1", cpus: 4, labels: { role: "web", site: "graz" }, disk: { free: 7 } };

function taken(value: unknown): FixedFacts {
  const facts = fixedFacts(value, "f");
  if (!facts.ok) throw new Error(facts.failure.message);
  return facts.value;
}

/** Why a file is refused, and the hint. */
function refused(value: unknown): unknown {
  const facts = fixedFacts(value, "f");
  return facts.ok ? "taken" : [facts.failure.message, facts.failure.hint];
}

Deno.test("a label and a name that are given count more than those of a file of facts", async () => {
  const open = async (flags: { labels?: Map<string, string>; hostname?: string }) => {
    const { host } = (await inputsOfRun({ ...flags, facts: taken(WEB1) }, { warn: () => {} })
      .open()).sources;
    return host!.read([]);
  };
  assertEquals(await open({}), { isKnown: true, value: WEB1 });
  const labels = new Map([["role", "db"], ["tier", "2"]]);
  const both = { ...WEB1, name: "db1", labels: { role: "db", site: "graz", tier: "2" } };
  assertEquals(await open({ labels, hostname: "db1" }), { isKnown: true, value: both });
  assertEquals(await open({ hostname: "db1" }), { isKnown: true, value: { ...WEB1, name: "db1" } });
});

Deno.test("words that are no facts are mistakes, own facts are none", () => {
  assertEquals(refused(WEB1), "taken");
  assertEquals(refused({ ...WEB1, cpu: 4 }), "taken", "cpus is there, so cpu is an own one");
  assertEquals(refused({ notKnown: { os: "nobody knows" } }), "taken");
  assertEquals(refused({ nmae: "web1", cpus: 4 }), [
    "f: there is no fact nmae",
    'did you mean "name"?',
  ]);
  assertEquals(refused({ name: "web1", lables: {} }), [
    "f: there is no fact lables",
    'did you mean "labels"?',
  ]);
  const hint = "mgmt facts --output json writes such a file";
  assertEquals(refused({ graph: "g", resources: {} }), [
    "f: it says no facts of a host (such as name or os), only graph",
    hint,
  ]);
  assertEquals(refused({ name: "a", "a.b": 1 }), ["f: there is no fact a.b", hint]);
  assertEquals(refused({}), ["f: it says no facts", hint]);
  assertEquals(refused([]), ["f says no facts: it must be a map", hint]);
});
