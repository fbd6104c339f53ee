/** Codes and their explanations belong together: what is said can be asked for, and nothing else is explained. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { walkSync } from "@std/fs";
import { COMMAND_FAILURES } from "../../../../src/app/explain/command_failures.ts";
import { FINDING_CODES } from "../../../../src/app/explain/finding_codes.ts";
import { RESOURCE_FAILURES } from "../../../../src/app/explain/resource_failures.ts";
import { explained, explainedCodes } from "../../../../src/app/explain/explain.ts";
import { CHECKS } from "../../../../src/app/doctor/registry.ts";
import { runLine } from "../../../support/cli_surface.ts";

const ROOT = new URL("../../../../src/", import.meta.url).pathname;

function textOf(folder: string, without = "/explain/"): string {
  return [...walkSync(ROOT + folder, { includeDirs: false, exts: ["ts"] })]
    .filter(({ path }) => !path.includes(without))
    .map(({ path }) => Deno.readTextFileSync(path)).join("\n");
}

Deno.test("each code of a finding is found by a check, and each that a check finds is explained", () => {
  const checks = textOf("app/doctor");
  assertEquals(Object.keys(FINDING_CODES).filter((code) => !checks.includes(`"${code}"`)), []);
  const found = [...checks.matchAll(/code: "([a-z-]+)"/g)].map(([, code = ""]) => code);
  assert(found.length > 30, `${found.length} codes`);
  assertEquals(found.filter((code) => !explained(code).ok), []);
});

Deno.test("each code of a failure that is explained is one of the source", () => {
  const source = textOf("");
  const codes = Object.keys({ ...RESOURCE_FAILURES, ...COMMAND_FAILURES });
  const isThere = (code: string) =>
    source.includes(`code: "${code}"`) || source.includes(`= "${code}"`) ||
    new RegExp(`^  ${code}: \\{`, "m").test(source);
  assertEquals(codes.filter((code) => !isThere(code)), []);
});

Deno.test("no code is explained twice, and each says what it means, why, and what to do", () => {
  const [findings, resources, commands] = [FINDING_CODES, RESOURCE_FAILURES, COMMAND_FAILURES]
    .map((codes) => Object.keys(codes));
  const all = [...findings!, ...resources!, ...commands!];
  assertEquals(all.filter((code, at) => all.indexOf(code) !== at), []);
  assertEquals(explainedCodes().length, all.length);
  for (const { code, means, why, remedy } of explainedCodes()) {
    for (const text of [means, why, remedy]) assert(/[.:]$/.test(text), `${code}: ${text}`);
  }
});

Deno.test("each area has one check, and a file of its name's kind", () => {
  const areas = CHECKS.map(({ area }) => area);
  assertEquals(new Set(areas).size, areas.length);
  const files = [...Deno.readDirSync(`${ROOT}app/doctor/checks`)];
  assertEquals(files.length, areas.length);
});

Deno.test("mgmt explain: a code, all codes, a code in the form of a line, and a word that is none", async () => {
  const one = await runLine(["explain", "clock-far"]);
  assertEquals(one.code, 0);
  assertStringIncludes(one.data, "clock-far (mgmt doctor: warning)\n  means: ");
  assertEquals((await runLine(["explain", "clock-far:"])).data, one.data);
  assertStringIncludes((await runLine(["explain", "enospc"])).data, "ENOSPC (of a failure)");
  const all = await runLine(["explain"]);
  assertEquals(all.data.trimEnd().split("\n").length, explainedCodes().length);
  const none = await runLine(["explain", "clock-fra"]);
  assertEquals(none.code, 1);
  assertStringIncludes(none.talk, "did you mean clock-far");
  const related = await runLine(["explain", "inotify"]);
  assertStringIncludes(related.talk, "inotify-watches");
  const json = JSON.parse((await runLine(["explain", "locked", "--output", "json"])).data);
  assertEquals([json.version, json.codes.length, json.codes[0].code], [1, 1, "locked"]);
});
