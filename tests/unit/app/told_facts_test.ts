/** What hosts tell each other of their facts. */

import { assertEquals } from "@std/assert";
import { shareAbout, toldFacts } from "../../../src/app/cluster/about_host.ts";
import type { GraphInputs } from "../../../src/app/facts/graph_inputs.ts";
import { runSettings } from "../../../src/app/settings.ts";
import type { JsonValue } from "../../../src/base/input.ts";
import { SharedValues } from "../../../src/cluster/exchange/shared_values.ts";
import { FACTS_KEY } from "../../../src/kind/shared_value.ts";
import { inFactsWorld as inWorld } from "../../support/facts_world.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { eventually } from "../../support/etcd.ts";

Deno.test("others are told of facts that everybody may read, not of what programs print, nor the machine's id", async () => {
  await inWorld(async ({ put, open }) => {
    await put("own", "rack.yaml", "unit: 7\n");
    await put("own", "hidden.json", '"x"', 0o640);
    await put("own", "program", "#!/bin/sh\necho 1\n", 0o755);
    await put("labels", "role", "role=db\n");
    const facts = await open({ name: "db1" });
    const told = facts.shareable();
    assertEquals(told.get("rack"), { isKnown: true, value: { unit: 7 } });
    assertEquals(told.get("labels"), { isKnown: true, value: { role: "db" } });
    assertEquals(told.get("name"), { isKnown: true, value: "db1" });
    for (const name of ["hidden", "program", "machineId"]) {
      assertEquals(told.get(name)?.isKnown, false, name);
    }
    await put("own", "rack.yaml", "unit: 8\n", 0o600);
    await eventually(() => facts.shareable().get("rack")?.isKnown === false, () => "it is told");
  });
});

Deno.test("what is told of a host has a limit: the longest facts are left out, and are then not known", () => {
  const known = (value: JsonValue) => ({ isKnown: true, value }) as const;
  const told = toldFacts(
    new Map([
      ["name", known("db1")],
      ["long", known("x".repeat(40_000))],
      ["list", known(["y".repeat(20_000)])],
    ]),
  );
  assertEquals(Object.keys(told as object), ["name", "list", "notKnown"]);
  const reasons = Array.from({ length: 256 }, (_, index) => {
    return [`fact${index}`, { isKnown: false, why: "z".repeat(300) }] as const;
  });
  const most = JSON.stringify(toldFacts(new Map(reasons))).length;
  assertEquals(most > 10_000 && most <= 32 * 1024, true, `${most}`);
});

Deno.test("what a host tells of itself is said a while after it began, and then once a minute at most", async () => {
  await inWorld(async ({ put, open }) => {
    await put("labels", "role", "role=db\n");
    const facts = await open({ name: "db1" });
    const clock = new ManualClock();
    const values = new SharedValues({
      ...{ host: "db1", clock, waitMs: 1000, tell: () => {}, wanted: () => {} },
    });
    const inputs: GraphInputs = {
      isOpen: true,
      whenOpen: () => {},
      open: () =>
        Promise.resolve({
          ...{ sources: { host: facts }, names: [] },
          shareable: () => facts.shareable(),
        }),
      close: () => Promise.resolve(),
    };
    const settings = runSettings(new Map([["file", "site.yaml"]]), {
      environment: () => undefined,
      talkIsTerminal: false,
      randomSeed: () => 1,
    });
    if (!settings.ok) throw new Error(settings.failure.message);
    const ending = new AbortController();
    const parts = { settings: settings.value, graphPath: "/site.yaml", inputs, host: { clock } };
    const seen = (role: string) =>
      eventually(
        () => JSON.stringify(facts.read(["labels", "role"])).includes(role),
        () => `${role} is not seen`,
      );
    await shareAbout(parts, values, ending.signal);
    const said = () => JSON.stringify(values.aboutExports.find(({ name }) => name === FACTS_KEY));
    const toldRole = () => /"role":"(\w+)"/.exec(said() ?? "")?.[1];
    assertEquals(toldRole(), undefined);
    await clock.pass(2000);
    assertEquals(toldRole(), "db");
    for (const role of ["web", "mail"]) {
      await put("labels", "role", `role=${role}\n`);
      await seen(role);
    }
    await clock.pass(59_000);
    assertEquals(toldRole(), "db");
    await clock.pass(1000);
    assertEquals(toldRole(), "mail");
    await put("labels", "role", "role=old\n");
    await seen("old");
    ending.abort();
    assertEquals(clock.armed, 0, "nothing is said after the end");
  });
});
