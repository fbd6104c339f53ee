import { assertEquals, assertStringIncludes } from "@std/assert";
import { failureOf } from "../../../src/packages/dnf/failure.ts";
import { DnfOutput, nameOfNevra } from "../../../src/packages/dnf/output.ts";
import { parseRpms, rpmOf } from "../../../src/packages/dnf/rpm_facts.ts";
import { goal } from "../../support/package_goal.ts";

// What dnf 4.14 prints was seen; the lines of dnf 5 are made up after what is known of it.

function output(text: string, said: string[] = []): DnfOutput {
  const read = new DnfOutput((progress, name) => said.push(`${name}: ${progress}`));
  for (const line of text.split("\n")) read.line(line);
  return read;
}

Deno.test("what would be removed is read from the table, nothing else is", () => {
  const table = `Dependencies resolved.
================================================================================
 Package              Architecture      Version          Repository        Size
================================================================================
Installing:
 rival                noarch            1.0-1            test             6.1 k
     replacing  old.noarch 1.0-1
Removing:
 library              noarch            1.0-1            @test              4
Removing dependent packages:
 program              noarch            1.0-1            @test              4
 a-very-long-name-that-does-not-fit-into-the-first-column
                      noarch            1.0-1            @test              4

Transaction Summary
================================================================================
Remove  3 Packages
Operation aborted.`;
  assertEquals(output(table).removed(), [
    "library",
    "program",
    "a-very-long-name-that-does-not-fit-into-the-first-column",
  ]);
});

Deno.test("progress is read, of dnf 4 and dnf 5", () => {
  const said: string[] = [];
  output(
    `(2/5): one-1.0-1.noarch.rpm                     2.3 MB/s | 2.4 kB     00:00
  Preparing        :                                                        1/1
  Installing       : r-one-1:1.0-1.noarch                                   3/7
[4/6] Installing one-0:1.0-1.noarch     100% |   1.0 KiB/s |  10.0   B |  00m00s`,
    said,
  );
  assertEquals(said, [
    "undefined: downloading, 2 of 5",
    "r-one: installing r-one, 3 of 7",
    "undefined: installing one-0:1.0-1.noarch, 4 of 6",
  ]);
});

const LOCKS: Readonly<Record<string, number | undefined>> = {
  "RPMDB already locked by 3068": 3068,
  "Waiting for process with pid 77 to finish.": 77,
  "error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)":
    undefined,
};

for (const [line, pid] of Object.entries(LOCKS)) {
  Deno.test(`the holder of a lock is read: "${line.slice(0, 40)}"`, () => {
    assertEquals(output(line).lockHolder()?.pid, pid);
    assertEquals(output(line).lockHolder() === undefined, false);
  });
}

Deno.test("scripts that failed have reasons and blame, with what they said", () => {
  const problem = failureOf(
    [goal("refuse", "1.0-1"), goal("other", "1-1")],
    output(`  Running scriptlet: refuse-1.0-1.noarch              1/2
will not
error: %prein(refuse-1.0-1.noarch) scriptlet failed, exit status 3

Error in PREIN scriptlet in rpm package refuse
error: refuse-1.0-1.noarch: install failed
Error: Transaction failed`),
  );
  assertEquals(problem.blamed, ["refuse"]);
  assertStringIncludes(problem.message, "%prein(refuse-1.0-1.noarch) scriptlet failed");
  assertStringIncludes(problem.message, "exit status 3 (will not)");
});

const CODES: Readonly<Record<string, string>> = {
  "Error: This command has to be run with superuser privileges (under the root user)":
    "not-allowed",
  "  installing package large-1-1.noarch needs 2MB more space on the /usr filesystem": "no-space",
  "Package one-1.0-1.noarch.rpm is not signed": "untrusted",
  "Error: Some packages from local repository have incorrect checksum": "download",
  "  - Curl error (6): Could not resolve hostname [Could not resolve host: mirror.test]":
    "no-network",
  "Error: something else": "failed",
};

for (const [line, code] of Object.entries(CODES)) {
  Deno.test(`"${line.trim().slice(0, 50)}" is ${code}`, () => {
    assertEquals(failureOf([goal("one", "1.0-1")], output(line)).code, code);
  });
}

Deno.test("who needs what nobody provides is to blame, with dnf 4 and dnf 5", () => {
  const text = `Error:
 Problem 1: conflicting requests
  - nothing provides nowhere >= 2 needed by orphan-1.0-1.noarch
 Problem 2: conflicting requests
  - nothing provides nowhere needed by py3.1-lost-1:1.0-1.noarch from test
(try to add '--skip-broken' to skip uninstallable packages)`;
  const goals = [goal("orphan", "1.0-1"), goal("fine", "1-1"), goal("py3.1-lost", "1:1.0-1")];
  const problem = failureOf(goals, output(text));
  assertEquals(problem.blamed, ["orphan", "py3.1-lost"]);
  assertStringIncludes(problem.message, "nothing provides nowhere >= 2 needed by orphan");
});

Deno.test("the name is what is before version and release", () => {
  assertEquals(nameOfNevra("python3.11-libs-3.11.2-1.fc40.x86_64"), "python3.11-libs");
  assertEquals(nameOfNevra("r-two-1:0.9~rc1-1.noarch"), "r-two");
  assertEquals(nameOfNevra("odd"), "odd");
});

Deno.test("of several architectures and versions the host's and the last one count", () => {
  const own = Deno.build.arch;
  const rpms = parseRpms([
    `libc ${own} 100 0:2.36-9`,
    "libc i686 900 0:2.36-9",
    `kernel ${own} 200 0:6.1-1`,
    `kernel ${own} 300 0:6.2-1`,
    "package nosuch is not installed",
    "",
  ]);
  assertEquals(rpmOf(rpms, "libc")?.architecture, own);
  assertEquals(rpmOf(rpms, "libc.i686")?.architecture, "i686");
  assertEquals(rpmOf(rpms, "kernel")?.version, "6.2-1");
  assertEquals(rpmOf(rpms, "nosuch"), undefined);
});
