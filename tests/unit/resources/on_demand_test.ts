import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { kindsOnDemand } from "../../../src/resources/on_demand.ts";
import { registry } from "../../../src/resources/registry.ts";

Deno.test("kinds are loaded by name, in the order of the reference, and not before they are asked for", async () => {
  assertEquals([...kindsOnDemand.keys()], [...registry.keys()]);
  assertEquals([kindsOnDemand.has("file"), kindsOnDemand.has("no such")], [true, false]);
  assertThrows(() => kindsOnDemand.get("file"), Error, "the kind file is not loaded");
  await kindsOnDemand.load?.(["file", "no such", "constructor"]);
  assertStrictEquals(kindsOnDemand.get("file"), registry.get("file"));
  assertEquals(kindsOnDemand.get("no such"), undefined);
  assertEquals(kindsOnDemand.get("constructor"), undefined);
  assertThrows(() => kindsOnDemand.get("line"), Error, "not loaded");
  await kindsOnDemand.load?.(kindsOnDemand.keys());
  for (const [name, kind] of registry) assertStrictEquals(kindsOnDemand.get(name), kind);
});
