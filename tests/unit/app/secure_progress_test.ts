/** What the command says that has a plain cluster become TLS when that is over. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { awayHosts, endedText } from "../../../src/app/cluster/secure_progress.ts";
import type { SecureSurvey } from "../../../src/app/cluster/secure_survey.ts";
import type { SecureStage } from "../../../src/cluster/store/records.ts";
import { unwrap } from "../../support/unwrap.ts";

/** Agents that were confirmed, each as far as it says, and those of them that are there. */
function survey(stages: Record<string, SecureStage>, live: readonly string[]) {
  const agents = Object.keys(stages);
  const asked = new Map(
    Object.entries(stages).map(([host, stage]) => [host, { request: "", key: "", stage }]),
  );
  const record = { level: 4, goal: "tls", by: "h1", servers: ["h1"], agents } as const;
  const hosts = [...agents, "h1"].map((host) => ({ host, live: live.includes(host) }));
  return { record, asked, fleet: { hosts } } as unknown as SecureSurvey;
}

Deno.test("a confirmed host that is off when its turn comes is passed over, and named with what it needs", () => {
  const away = awayHosts(
    survey({ d: "tls", e: "ready", f: "asked", g: "tls", i: "ready" }, ["h1", "d", "i"]),
  );
  assertEquals(away, { ready: ["e", "g"], unready: ["f"] });
  const said = unwrap(endedText(true, "tls", { leftOut: ["k"], away }));
  assertStringIncludes(said, "e, g: not there now, and speaks TLS by itself when it is back.\n");
  assertStringIncludes(
    said,
    "f: not there now; if it does not speak TLS when it is back, it needs a token",
  );
  assertStringIncludes(said, "k: needs a token");
});

Deno.test("a host that is off while the cluster goes back is named, too", () => {
  const away = awayHosts(survey({ d: "tls", e: "asked" }, ["h1"]));
  const said = unwrap(endedText(false, "plain", { leftOut: [], away }));
  assertStringIncludes(
    said,
    "d: not there now, and speaks plain text by itself when it is back.\n",
  );
});

Deno.test("where all were there nobody is named", () => {
  const away = awayHosts(survey({ d: "tls" }, ["h1", "d"]));
  const said = unwrap(endedText(true, "tls", { leftOut: [], away }));
  assertEquals(said.split("\n").length, 3, said);
});
