import { assertEquals } from "@std/assert";
import type { Host } from "../../../src/host/host.ts";
import type { UnitState } from "../../../src/systemd/services.ts";
import type { KindContext } from "../../../src/kind/kind.ts";
import svc from "../../../src/resources/svc/kind.ts";
import { ok } from "../../../src/base/result.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { resolving } from "../../support/kind_world.ts";

const UNIT: UnitState = {
  name: "a.service",
  load: "loaded",
  active: "inactive",
  sub: "dead",
  job: "",
  file: "disabled",
  names: ["a.service"],
  startedBy: [],
  triggeredBy: [],
  canStart: true,
  canStop: true,
  canReload: false,
  fragmentPath: "/usr/lib/systemd/system/a.service",
  dropInPaths: [],
  sourcePath: "",
  isInMasksPlace: false,
  unmet: [],
  loadError: "",
};

type Fields = Parameters<typeof svc.resolve>[0];

/** What the kind makes of a unit that is found so: nothing, `+ reason`, `~ reason` or `! failure`. */
async function found(fields: Fields, unit: Partial<UnitState>, claims: readonly string[] = []) {
  const { params } = await resolving(svc, fields, "a");
  const system = {
    look: () => Promise.resolve(ok({ ...UNIT, ...unit })),
    serviceType: () => Promise.resolve("simple"),
    near: () => Promise.resolve(undefined),
  };
  const context = {
    host: { clock: new ManualClock(), services: { system } } as unknown as Host,
    signal: new AbortController().signal,
    cause: { event: false, poll: false, refresh: false },
    memory: svc.memory(),
    claimed: (claim: string) => claims.includes(claim),
  } as unknown as KindContext<ReturnType<typeof svc.memory>>;
  const result = await svc.check(params, context);
  if (result === undefined) return "";
  if (result.type === "failure") return `! ${result.message}`;
  return `${result.worldless === true ? "~" : "+"} ${result.reason}`;
}

Deno.test("each active state is told from running and from stopped", async () => {
  const table: readonly [unit: Partial<UnitState>, running: string, stopped: string][] = [
    [{ active: "active", sub: "running" }, "", "+ running → stopped"],
    [{ active: "reloading", sub: "reload" }, "", "+ reloading (reload) → stopped"],
    [{ active: "refreshing", sub: "refresh" }, "", "+ refreshing (refresh) → stopped"],
    [{ active: "inactive" }, "+ stopped → running", ""],
    [
      { active: "inactive", job: "start" },
      "~ about to start → running",
      "+ about to start → stopped",
    ],
    [{ active: "failed" }, "+ failed → running", ""],
    [{ active: "maintenance", sub: "cleaning" }, "+ maintenance (cleaning) → running", ""],
    [
      { active: "activating", sub: "start", job: "start" },
      "~ activating (start) → running",
      "+ activating (start) → stopped",
    ],
    [
      { active: "activating", sub: "auto-restart" },
      "! a.service ended, and systemd is about to start it again (its Restart=)",
      "+ activating (auto-restart) → stopped",
    ],
    [
      { active: "deactivating", sub: "stop", job: "stop" },
      "+ deactivating (stop) → running",
      "~ deactivating (stop) → stopped",
    ],
  ];
  for (const [unit, running, stopped] of table) {
    const about = `${unit.active} ${unit.sub} ${unit.job}`;
    assertEquals(await found({ state: "running" }, unit), running, about);
    assertEquals(await found({ state: "stopped" }, unit), stopped, about);
  }
});

Deno.test("what a unit allows to nobody is refused before it is tried", async () => {
  const no = { canStart: false, canStop: false };
  const why = "it allows that to nobody, only to other units";
  assertEquals(await found({ state: "running" }, no), `! a.service cannot be started: ${why}`);
  const up = { ...no, active: "active" };
  assertEquals(await found({ state: "stopped" }, up), `! a.service cannot be stopped: ${why}`);
});

Deno.test("a file that systemd cannot understand is said to be so", async () => {
  const bad = { file: "bad", loadError: "Too many levels of symbolic links" };
  const said =
    "! systemd cannot tell whether a.service is enabled: Too many levels of symbolic links";
  for (const startup of ["enabled", "disabled", "masked"] as const) {
    assertEquals(await found({ startup }, bad), said);
  }
});

Deno.test("what cannot be loaded can be stopped and masked", async () => {
  const broken = { load: "bad-setting", loadError: "no ExecStart=", canStart: false };
  assertEquals(await found({ state: "stopped" }, broken), "");
  assertEquals(await found({ startup: "masked" }, broken), "+ disabled → masked");
  assertEquals(
    await found({ state: "running" }, broken),
    "! a.service cannot be loaded (bad-setting): no ExecStart=",
  );
});

Deno.test("names that no unit has are mistakes that say which have one", async () => {
  const mistakes = async (name: string, fields: Fields) =>
    (await resolving(svc, fields, name)).issues.map(({ message }) => message);
  const startup = { startup: "enabled" } as const;
  const template = "is a template, and no unit itself";
  assertEquals(await mistakes("getty@", startup), [`"getty@" ${template}`]);
  assertEquals(await mistakes("getty@.service", { state: "stopped" }), [
    `"getty@.service" ${template}`,
  ]);
  assertEquals(await mistakes("getty@tty1", startup), []);
  assertEquals(await mistakes("-.mount", { state: "running" }), []);
  assertEquals(await mistakes("srv-data\\x2d1.mount", startup), []);
  assertEquals(await mistakes("/srv", startup), ['"/srv" is a path, not the name of a unit']);
  assertEquals(await mistakes("@one", startup), ['"@one" is not the name of a unit']);
  assertEquals(await mistakes(".service", startup), ['".service" is not the name of a unit']);
  assertEquals(
    await mistakes("dev-sda.device", { state: "running" }),
    ['"dev-sda.device" cannot be as it should: a device comes and goes by itself'],
  );
  assertEquals(await mistakes("a.scope", { state: "stopped" }), []);
});
