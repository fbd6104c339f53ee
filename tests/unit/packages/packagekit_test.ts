import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { AptOutput } from "../../../src/packages/apt/output.ts";
import { parseNotes } from "../../../src/packages/packagekit/dpkg.ts";
import { failureOf } from "../../../src/packages/packagekit/failures.ts";
import type { Picked } from "../../../src/packages/packagekit/protocol.ts";
import { Progress } from "../../../src/packages/packagekit/progress.ts";
import { parsePackageId, STATUS } from "../../../src/packages/packagekit/protocol.ts";
import type { PackageStep } from "../../../src/packages/packages.ts";
import { ProgressReporter } from "../../../src/packages/progress_reporter.ts";
import { wanted } from "../../support/fake_packages.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const STATUS_FILE = `Package: dpkg
Status: install ok installed
Priority: required
Architecture: amd64
Version: 1.21.22

Package: fine
Status: install ok installed
Architecture: all
Version: 1

Package: pinned
Status: hold ok installed
Architecture: amd64
Version: 2.0-1
Description: a text
 Status: install ok half-configured
 .

Package: torn
Status: install ok half-configured
Architecture: amd64
Version: 3
Config-Version: 2

Package: torn
Status: install ok unpacked
Architecture: i386
Version: 4

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 5

Package: waits
Status: install ok triggers-pending
Architecture: all
Version: 6
`;

Deno.test("dpkg's database tells what is half done and what is on hold", () => {
  const { broken, onHold } = parseNotes(STATUS_FILE);
  assertEquals([...broken], [
    ["torn", { state: "half-configured", version: "3" }],
    ["torn:amd64", { state: "half-configured", version: "3" }],
    ["torn:i386", { state: "unpacked", version: "4" }],
  ]);
  assertEquals([...onHold], [["pinned", "2.0-1"], ["pinned:amd64", "2.0-1"]]);
});

Deno.test("a package's id is taken apart, with and without why it is there", () => {
  assertEquals(parsePackageId("bash;5.2-2;amd64;auto:debian-stable-main"), {
    id: "bash;5.2-2;amd64;auto:debian-stable-main",
    name: "bash",
    version: "5.2-2",
    architecture: "amd64",
    origin: "debian-stable-main",
  });
  assertEquals(parsePackageId("vim;9;x86_64;fedora").origin, "fedora");
  assertEquals(parsePackageId("odd").version, "");
});

function picked(...names: readonly string[]): Picked[] {
  return names.map((name) => ({
    ...parsePackageId(`${name};1;all;debian-stable-main`),
    change: wanted(name),
  }));
}

function printed(text: string): AptOutput {
  const output = new AptOutput(() => {});
  for (const line of text.split("\n")) output.line(line);
  return output;
}

Deno.test("what dpkg printed says more than PackageKit, and whom to blame", () => {
  const problem = failureOf(
    { packages: [], error: { code: 58, details: "Error while installing package: x" }, at: "b" },
    picked("a", "b"),
    printed(`Setting up b (1) ...
no licence
dpkg: error processing package b (--configure):
 installed b package post-installation script subprocess returned error exit status 3`),
  );
  assertStringIncludes(problem?.message ?? "", "PackageKit could not install b: b: installed b");
  assertStringIncludes(problem?.message ?? "", "exit status 3 (no licence)");
  assertEquals([problem?.code, problem?.blamed], ["script", ["b"]]);
});

Deno.test("without dpkg's words the package at work is to blame", () => {
  const error = { code: 58, details: "Error while installing package: it failed" };
  const problem = failureOf({ packages: [], error, at: "b" }, picked("a", "b"), printed(""));
  assertEquals(problem?.blamed, ["b"]);
  const elsewhere = failureOf(
    { packages: [], error, at: "dependency" },
    picked("a", "b"),
    printed(""),
  );
  assertEquals(elsewhere?.blamed, undefined);
});

Deno.test("errors of PackageKit have a code, a hint, and not more lines than needed", () => {
  const of = (code: number, details: string) =>
    failureOf({ packages: [], error: { code, details } }, picked("a", "b"), undefined);
  const unsigned = of(50, "The following packages cannot be authenticated:\nb ");
  assertEquals([unsigned?.code, unsigned?.blamed], ["untrusted", ["b"]]);
  assertMatch(unsigned?.hint ?? "", /allowuntrusted/);
  const locked = of(
    26,
    "E: Could not get lock /x. It is held by process 7 (apt)\nW: Be aware that removing the lock file is not a solution\n",
  );
  assertEquals(locked?.code, "locked");
  assertMatch(locked?.message ?? "", /held by process 7 \(apt\)$/);
  const full = of(58, "cannot copy: No space left on device");
  assertEquals([full?.code, full?.blamed], ["no-space", undefined]);
  assertEquals(of(13, "x ".repeat(2000))?.message.length, 501);
  assertEquals(of(9999, "?")?.code, "packagekit-9999");
  assertEquals(failureOf({ packages: [] }, [], undefined), undefined);
});

Deno.test("a long transaction is told of in few lines, a short one in none", async () => {
  const clock = new ManualClock();
  const said: string[] = [];
  const change = wanted("a", { progress: (text) => void said.push(text) });
  const progress = new Progress(new ProgressReporter(clock, [change]));
  for (let seconds = 0; seconds < 3600; seconds += 10) {
    const download = seconds < 1800;
    progress.changed({ Status: download ? STATUS.download : STATUS.install });
    progress.changed({ Percentage: Math.floor(seconds / 36) });
    if (!download) progress.happens(12, parsePackageId("a;1;all;"));
    if (seconds === 0) assertEquals(said, []);
    await clock.pass(10_000);
  }
  assertEquals(said.length <= 15, true, said.join("\n"));
  assertMatch(said[0] ?? "", /^downloading \(\d+ % in all\)$/);
  assertMatch(said.at(-1) ?? "", /^installing/);
});

Deno.test("who looks on hears of a transaction's steps at whose package they are, a few in a second", async () => {
  const clock = new ManualClock();
  const steps: [string, PackageStep][] = [];
  const changes = ["a", "b"].map((name) =>
    wanted(name, { step: (how) => void steps.push([name, how]) })
  );
  const progress = new Progress(new ProgressReporter(clock, changes));
  progress.changed({ Status: STATUS.download, Percentage: 40 });
  progress.happens(12, parsePackageId("b;1;all;"));
  assertEquals(steps, [
    ["a", { text: "downloading (40 % in all)", percent: 40 }],
    ["a", {}],
    ["b", { text: "installing b (40 % in all)", percent: 40 }],
  ]);
  for (let time = 0; time < 10_000; time++) {
    progress.changed({ Percentage: Math.floor(time / 100) });
    if (time % 100 === 0) await clock.pass(10);
  }
  assertEquals(steps.length < 30, true, String(steps.length));
});

Deno.test("for whom it waits is said at once, then less and less often", async () => {
  const clock = new ManualClock();
  const said: number[] = [];
  const change = wanted("a", { progress: () => void said.push(clock.nowMs() / 1000) });
  const teller = new ProgressReporter(clock, [change]);
  const startS = clock.nowMs() / 1000;
  for (let pid = 0; pid < 720; pid++) {
    teller.wait(`waits for the lock of dpkg (pid ${pid})`);
    await clock.pass(5000);
  }
  assertEquals(said.map((seconds) => seconds - startS), [0, 10, 30, 60, 300, 900, 1800]);
});

Deno.test("many who wait for a lock say so in one line", () => {
  const said: string[] = [];
  const changes = Array.from(
    { length: 500 },
    () => wanted("a", { progress: (text) => void said.push(text) }),
  );
  const teller = new ProgressReporter(new ManualClock(), changes);
  teller.tell("waits for the lock of apt (pid 7)");
  teller.tell("waits for the lock of apt (pid 7)");
  assertEquals(said, ["waits for the lock of apt (pid 7), and so do 499 others"]);
});
