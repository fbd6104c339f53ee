import { assertEquals, assertStringIncludes } from "@std/assert";
import { failureOf } from "../../../src/packages/apt/failure.ts";
import { AptOutput } from "../../../src/packages/apt/output.ts";
import type { ToldProgress } from "../../../src/packages/progress_reporter.ts";
import { unasked } from "../../../src/packages/goals.ts";
import { goal } from "../../support/package_goal.ts";

function output(text: string): AptOutput {
  const said: string[] = [];
  const read = new AptOutput((progress) => said.push(progress));
  for (const line of text.split("\n")) read.line(line);
  return read;
}

const LOCKS = {
  "apt 2": [
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (unattended-upgr)",
    { pid: 712, what: "unattended-upgr" },
  ],
  "apt 1": [
    "E: Could not get lock /var/lib/dpkg/lock-frontend - open (11: Resource temporarily unavailable)",
    { pid: undefined, what: "/var/lib/dpkg/lock-frontend" },
  ],
  "the fetched packages": [
    "E: Could not get lock /var/cache/apt/archives/lock. It is held by process 9 (apt-get)",
    { pid: 9, what: "apt-get" },
  ],
  "dpkg": [
    "dpkg: error: dpkg frontend lock was locked by another process with pid 4242",
    { pid: 4242, what: "dpkg frontend lock" },
  ],
} as const;

for (const [name, [line, holder]] of Object.entries(LOCKS)) {
  Deno.test(`the holder of a lock is read: ${name}`, () => {
    assertEquals(output(`Reading package lists...\n${line}`).lockHolder(), holder);
  });
}

Deno.test("output without a lock has no holder", () => {
  assertEquals(output("Setting up lock (1.0) ...").lockHolder(), undefined);
});

Deno.test("progress is read from among other lines, and is no reason", () => {
  const said: Parameters<ToldProgress>[] = [];
  const read = new AptOutput((...how) => said.push(how));
  for (
    const line of [
      "dlstatus:1:40.1234:Retrieving file 1 of 3",
      "pmstatus:one:53.8462:Configuring one (amd64)",
      "pmstatus:libc6:i386:60.0000:Unpacking libc6 (i386)",
      "Setting up one (1.0) ...",
    ]
  ) read.line(line);
  assertEquals(said, [
    ["downloading, 40 %", undefined, 40],
    ["configuring one, 54 % in all", "one", 54],
    ["unpacking libc6, 60 % in all", "libc6:i386", 60],
  ]);
  assertEquals(read.reason(), "Setting up one (1.0) ...");
});

Deno.test("every package that failed has its reason, and what its script said last", () => {
  const problem = failureOf(
    [goal("bad", "1.0"), goal("worse", "2.0"), goal("other", "3.0")],
    output(`Setting up bad (1.0) ...
cannot find a licence
dpkg: error processing package bad (--configure):
 installed bad package post-installation script subprocess returned error exit status 3
pmerror:bad:55.5:installed bad package post-installation script subprocess returned error exit status 3
dpkg: error processing archive /var/cache/apt/archives/worse_2.0_all.deb (--unpack):
 trying to overwrite '/usr/bin/it', which is also in package first 1.0
Errors were encountered while processing:
 bad
E: Sub-process /usr/bin/dpkg returned an error code (1)`),
  );
  assertEquals(problem.blamed, ["bad", "worse"]);
  assertStringIncludes(problem.message, "install bad 1.0, install worse 2.0: bad: installed bad");
  assertStringIncludes(problem.message, "(cannot find a licence); worse: trying to overwrite");
});

Deno.test("who needs what nobody has is to blame, other knots blame nobody", () => {
  const text = (line: string) =>
    `The following packages have unmet dependencies:\n${line}
E: Unable to correct problems, you have held broken packages.`;
  const orphan = failureOf(
    [goal("orphan", "1"), goal("fine", "1")],
    output(text(" orphan : Depends: nowhere (>= 2) but it is not installable")),
  );
  assertEquals(orphan.blamed, ["orphan"]);
  assertStringIncludes(orphan.message, "orphan : Depends: nowhere (>= 2)");
  const knot = failureOf(
    [goal("left", "1"), goal("right", "1")],
    output(text(" left : Conflicts: right but 1 is to be installed")),
  );
  assertEquals(knot.blamed, undefined);
});

const CODES: Readonly<Record<string, string>> = {
  "E: You don't have enough free space in /var/cache/apt/archives/.": "no-space",
  " cannot copy extracted data for './a' to '/a.dpkg-new': failed to write (No space left on device)":
    "no-space",
  "E: Failed to fetch http://m.test/a.deb  404  Not Found [IP: 192.0.2.1 80]": "download",
  "E: Failed to fetch http://m.test/a.deb  Temporary failure resolving 'm.test'": "no-network",
  "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)":
    "not-allowed",
  "E: There were unauthenticated packages and -y was used without --allow-unauthenticated":
    "untrusted",
  "E: Something that apt never said before": "failed",
};

for (const [line, code] of Object.entries(CODES)) {
  Deno.test(`"${line.slice(0, 60)}" is ${code}`, () => {
    assertEquals(failureOf([goal("a", "1")], output(line)).code, code);
  });
}

Deno.test("removals that nobody asked for are named, those asked for are not", () => {
  const text = "The following packages will be REMOVED:\n  base user-app\n  third*\n0 upgraded";
  const problem = unasked("apt", [goal("base")], output(text).removed());
  assertEquals(problem?.code, "dependents");
  assertStringIncludes(
    problem?.message ?? "",
    "to remove base, apt would also remove user-app, third,",
  );
  assertEquals(
    unasked("apt", [goal("base"), goal("user-app"), goal("third")], output(text).removed()),
    undefined,
  );
});

Deno.test("a reason is short, however much was printed", () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `E: mistake ${at} ${"x".repeat(400)}`);
  const reason = output(lines.join("\n")).reason();
  assertEquals(reason.length <= 501, true, String(reason.length));
});

Deno.test("those whose files cannot be fetched are to blame, unless it is everybody", () => {
  const printed = output(
    "E: Failed to fetch http://far.test/pool/x/far_1%3a1.0_all.deb  Could not connect to far.test\n" +
      "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?",
  );
  const one = failureOf([goal("far", "1:1.0"), goal("near", "1")], printed);
  assertEquals([one.code, one.blamed], ["no-network", ["far"]]);
  assertStringIncludes(one.message, "far cannot be fetched: ");
  assertEquals(failureOf([goal("far", "1:1.0")], printed).blamed, undefined);
});

Deno.test("of several that fail each has its own reason, also with an architecture in its name", () => {
  const line = (name: string, why: string) =>
    `dpkg: error processing package ${name} (--configure):\n ${why}\n`;
  const printed = output(line("one:amd64", "it is broken") + line("two", "so is this"));
  const all = failureOf([goal("one", "1"), goal("two", "2"), goal("three", "3")], printed);
  assertEquals(all.blamed, ["one", "two"]);
  assertEquals(all.own?.get("one")?.message, "apt could not install one 1: it is broken");
  assertEquals(all.own?.get("two")?.message, "apt could not install two 2: so is this");
});
