import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import type { SecretSource } from "../../../src/secrets/source.ts";
import { SecretStore } from "../../../src/secrets/store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function sourceOf(label: string, values: Map<string, Result<Uint8Array>>): SecretSource {
  return {
    label,
    read: (name) => Promise.resolve(values.get(name) ?? ok(undefined)),
    entryOf: (name) => name,
    watched: { directory: "/nowhere", files: [] },
  };
}

function textOf(store: SecretStore, name: string): string {
  const value = store.value({ name, transforms: [] });
  return value.ok ? new TextDecoder().decode(value.value) : `(${value.failure.code})`;
}

Deno.test("the first source that has a secret says what it is, also that it cannot be used", async () => {
  const first = new Map([["both", ok(bytes("1"))], [
    "bad",
    fail("bad", { code: "secret-unsafe" }),
  ]]);
  const second = new Map([["both", ok(bytes("2"))], ["bad", ok(bytes("2"))], [
    "late",
    ok(bytes("2")),
  ]]);
  const sources = [sourceOf("A", first), sourceOf("B", second)];
  const store = new SecretStore({ sources, machine: "m" });
  await store.use(new Set(["both", "bad", "late", "none"]));
  assertEquals(textOf(store, "both"), "1");
  assertEquals(textOf(store, "bad"), "(secret-unsafe)");
  assertEquals(textOf(store, "late"), "2");
  const none = store.value({ name: "none", transforms: [] });
  assert(!none.ok);
  assertStringIncludes(none.failure.message, "not in A, nor in B");
});

Deno.test("only a secret with another value gets another revision", async () => {
  const values = new Map([["a", ok(bytes("1"))], ["b", ok(bytes("1"))]]);
  const store = new SecretStore({ sources: [sourceOf("A", values)], machine: "m" });
  await store.use(new Set(["a", "b", "c"]));
  const before = [["a"], ["b"], ["c"], ["a", "b"]].map((names) => store.revisionOf(names));
  assertEquals(await store.reread(), []);
  values.set("a", ok(bytes("2")));
  values.set("c", ok(bytes("3")));
  assertEquals(await store.reread(), ["a", "c"]);
  const after = [["a"], ["b"], ["c"], ["a", "b"]].map((names) => store.revisionOf(names));
  assertEquals(after.map((number, at) => number !== before[at]), [true, false, true, true]);
  assertEquals(textOf(store, "c"), "3");
  values.delete("a");
  assertEquals(await store.reread(), ["a"]);
  assertEquals(textOf(store, "a"), "(secret-missing)");
});

Deno.test("a password with a line break, one that is too long, and nothing at all are refused", async () => {
  const values = new Map([
    ["line", ok(bytes("pw\n"))],
    ["long", ok(bytes("x".repeat(600)))],
    ["empty", ok(bytes(""))],
  ]);
  const store = new SecretStore({ sources: [sourceOf("A", values)], machine: "m" });
  await store.use(new Set(["line", "long", "empty"]));
  const codes = (["line", "long"] as const).map((name) => {
    const value = store.value({ name, transforms: ["sha512crypt"] });
    return value.ok ? "ok" : value.failure.code;
  });
  assertEquals(codes, ["secret-unfit", "secret-unfit"]);
  assert(store.value({ name: "line", transforms: ["trim", "sha512crypt"] }).ok);
  assertEquals(textOf(store, "empty"), "(secret-unfit)");
});

Deno.test("beyond the limit secrets are not read, and say so", async () => {
  const names = Array.from({ length: LIMITS.secrets + 1 }, (_, index) => `s${index}`);
  const values = new Map(names.map((name) => [name, ok(bytes(name))]));
  const store = new SecretStore({ sources: [sourceOf("A", values)], machine: "m" });
  await store.use(new Set(names));
  assertEquals(await store.reread(), []);
  assertEquals(textOf(store, "s0"), "s0");
  assertEquals(textOf(store, names.at(-1) ?? ""), "(secret-unfit)");
});
