import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { failure, ok } from "../../../src/base/result.ts";
import { drift, type KindContext, type WorkProgress } from "../../../src/kind/kind.ts";
import type { AnyKind } from "../../../src/kind/kind.ts";
import { META_DEFAULTS } from "../../../src/kind/meta.ts";
import type { Resource } from "../../../src/kind/resource.ts";
import type { ProcessCommand } from "../../../src/os/process/processes.ts";
import { besideSecrets, secretPathsOf } from "../../../src/secrets/beside.ts";
import { FilledResources } from "../../../src/secrets/filled.ts";
import { HIDDEN } from "../../../src/secrets/hiding.ts";
import { SecretStore } from "../../../src/secrets/store.ts";

const VALUE = "canary-5521";

/** Resources with a secret of this value. */
async function resourcesWith(value: string): Promise<FilledResources> {
  const source = {
    label: "here",
    read: () => Promise.resolve(ok(new TextEncoder().encode(value))),
    entryOf: (name: string) => name,
    watched: { directory: "/nowhere", files: [] },
  };
  const store = new SecretStore({ sources: [source], machine: "m" });
  await store.use(new Set(["key"]));
  return new FilledResources(store);
}

function resourceOf(kind: Partial<AnyKind>): Resource {
  return {
    key: "tells[t]",
    kind: kind as AnyKind,
    name: "t",
    params: "token",
    meta: META_DEFAULTS,
    secrets: {
      names: ["key"],
      revision: 1,
      fill: (valueOf) => {
        const value = valueOf({ name: "key", transforms: [] });
        return value.ok ? ok(new TextDecoder().decode(value.value)) : value;
      },
    },
  };
}

/** A resource with its value, of a kind that tells all that it is given. */
async function filledBy(kind: Partial<AnyKind>): Promise<Resource> {
  const filled = (await resourcesWith(VALUE)).of(resourceOf(kind));
  assert(filled.ok);
  return filled.value;
}

const said: string[] = [];
const commands: ProcessCommand[] = [];
const CONTEXT = {
  host: { processes: { run: (command: ProcessCommand) => commands.push(command) } },
  line: (text: string) => said.push(text),
  warn: (text: string) => said.push(text),
  note: (text: string) => said.push(text),
  progress: ({ text = "" }: WorkProgress) => said.push(text),
} as unknown as KindContext;

Deno.test("what a kind says, plans, fails with and throws holds no value, but its plan does", async () => {
  const { kind, params } = await filledBy({
    check: (value: string, context) => {
      context.line(`line ${value}`, "stdout");
      context.warn(`warning ${value}`);
      context.note(`note ${value}`);
      context.progress({ text: `progress ${value}` });
      void context.host.processes.run({ argv: ["true"], env: { A: value } });
      return drift(`reason ${value}`, { plan: value }, { difference: () => [value] });
    },
    apply: (plan: { plan: string }) =>
      failure(`message ${plan.plan}`, { hint: `hint ${plan.plan}`, printed: plan.plan, code: "c" }),
    refuses: (_plan: unknown, value: string) => Promise.resolve(failure(value)),
    refreshes: (value: string) => {
      throw new Error(`refreshes ${value}`);
    },
    refresh: (value: string) => Promise.reject(new Error(`refresh ${value}`)),
  });
  const found = await kind.check(params, CONTEXT);
  assert(found?.type === "drift");
  assertEquals([found.reason, found.difference, found.plan], [`reason ${HIDDEN}`, undefined, {
    plan: VALUE,
  }]);
  assertEquals(said, [
    `line ${HIDDEN}`,
    `warning ${HIDDEN}`,
    `note ${HIDDEN}`,
    `progress ${HIDDEN}`,
  ]);
  const [command] = commands;
  assertEquals(command?.env, { A: VALUE });
  const filter = command?.filter?.();
  const printed = filter && [filter.push(new TextEncoder().encode(`x${VALUE}y`)), filter.end()];
  assertEquals(printed?.map((bytes) => new TextDecoder().decode(bytes)).join(""), `x${HIDDEN}y`);
  assertEquals(await kind.apply(found.plan, params, CONTEXT), {
    type: "failure",
    message: `message ${HIDDEN}`,
    hint: `hint ${HIDDEN}`,
    printed: HIDDEN,
    code: "c",
  });
  assertEquals(await kind.refuses?.(found.plan, params, CONTEXT), failure(HIDDEN));
  const thrown = assertThrows(() => kind.refreshes?.(params, CONTEXT), Error) as Error;
  assertEquals(thrown.message, `refreshes ${HIDDEN}`);
  const rejected = await assertRejects(async () => await kind.refresh?.(params, CONTEXT), Error);
  assertEquals((rejected as Error).message, `refresh ${HIDDEN}`);
});

Deno.test("who has no part is given none, and a resource without secrets is itself", async () => {
  const { kind } = await filledBy({ check: () => undefined });
  assertEquals([kind.refuses, kind.refresh, kind.refreshes, kind.watch], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("what hides a long secret is there once for all resources that have it", async () => {
  const resources = await resourcesWith("a long secret, ".repeat(1500));
  const held: unknown[] = [];
  const holdsMore = (count: number) => {
    const before = Deno.memoryUsage().external;
    for (let times = 0; times < count; times++) {
      const resource = resourceOf({});
      held.push(resource, resources.of(resource));
    }
    return Deno.memoryUsage().external - before;
  };
  const first = holdsMore(1);
  assertGreater(first, 0);
  assertLess(holdsMore(100), 10 * first);
});

Deno.test("what changes a file beside a secret shows nothing of it, also after the value has changed", async () => {
  const fields = { sensitive: {} };
  const claims = () => [{ path: "/etc/app", says: "part" }];
  const holder = { ...resourceOf({ fields, claims } as unknown as Partial<AnyKind>), key: "a[a]" };
  const bare = (key: string, kind: object): Resource => {
    const { secrets: _secrets, ...resource } = resourceOf(
      { fields: {}, ...kind } as Partial<AnyKind>,
    );
    return { ...resource, key };
  };
  const check = (value: string) =>
    drift(`${value} ${VALUE}`, {}, { difference: () => [`the old one, and ${VALUE}`] });
  const other = bare("b[b]", { claims, check });
  const away = bare("c[c]", { claims: () => [{ path: "/etc/other", says: "all" }] });
  const presence = bare("d[d]", { claims: () => [{ path: "/etc/app", says: "presence" }] });
  const word = bare("e[e]", { claims: () => ["user:app"] });
  const all = [other, holder, away, presence, word];
  const beside = besideSecrets(all, secretPathsOf(all));
  assertEquals([...beside.keys()], ["b[b]"]);
  // Users claim the databases of accounts, and a hash in one of them is nobody's difference.
  const user = { ...holder, kind: { ...holder.kind, fields: {} } };
  assertEquals(besideSecrets([other, user], secretPathsOf([other, user])).size, 0);
  // What is removed as a whole, or a tree, has what was written there by an earlier graph.
  const tree = (key: string, more: object) =>
    bare(key, { claims: () => [{ path: "/etc", says: "presence", ...more }] });
  const trees = [
    tree("f[f]", { says: "all", type: "absent" }),
    tree("g[g]", { below: { deep: true, attributes: [] } }),
    tree("h[h]", { below: "kept" }),
  ];
  assertEquals([...besideSecrets([...trees, ...all], secretPathsOf(all)).keys()], ["b[b]"]);
  const earlier = new Map([["/etc/app", new Set(["key"])]]);
  const once = besideSecrets([...trees, other, away, presence], new Map(), earlier);
  assertEquals([...once.keys()], ["f[f]", "g[g]", "b[b]"]);

  const resources = await resourcesWith(VALUE);
  const marked = { ...other, secrets: beside.get("b[b]") } as Resource;
  const filled = resources.of(marked);
  assert(filled.ok);
  const { kind, params } = filled.value;
  const found = await kind.check(params, CONTEXT);
  assert(found?.type === "drift");
  assertEquals([found.reason, found.difference], [`token ${HIDDEN}`, undefined]);
  assertEquals(resources.shown([`+ ${VALUE}`, " x"]), [`+ ${HIDDEN}`, " x"]);
});
