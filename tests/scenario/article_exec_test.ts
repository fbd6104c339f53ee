import { assert, assertEquals, assertMatch } from "@std/assert";
import { mgmt, repositoryFile } from "../support/program.ts";

Deno.test("four commands of ten seconds, three of them in a chain, take 35 s and hardly any CPU", async () => {
  const run = await mgmt([
    "run",
    "--file",
    repositoryFile("examples/graph8.yaml"),
    "--converged-timeout=5",
    "--tmp-prefix",
  ]);
  assertEquals(run.code, 0, run.stderr);
  assert(run.tookMs > 35_000 && run.tookMs < 38_000, `${run.tookMs} ms`);
  const lines = run.stderr.split("\n");
  const times = (text: string) =>
    lines.filter((line) => line.includes(text)).map((line) => secondsOfDay(line));
  for (const line of lines.filter((text) => text !== "")) assertMatch(line, /^\d\d:\d\d:\d\d /);
  assertMatch(run.stderr, /This is: mgmt, version: \d/);
  assertMatch(run.stderr, /Graph: Vertices\(4\), Edges\(2\)/);
  const [first] = times("Exec[exec1]: Apply");
  assert(first !== undefined);
  const since = (text: string) => times(text).map((time) => (time - first + 86_400) % 86_400);
  const near = (actual: number[], expected: number) =>
    assert(
      actual.length === 1 && Math.abs((actual[0] ?? 0) - expected) <= 2,
      `${actual} ${expected}`,
    );
  near(since("Exec[exec4]: Apply"), 0);
  near(since("Exec[exec1]: Command output is empty!"), 10);
  near(since("Exec[exec4]: Command output is empty!"), 10);
  near(since("Exec[exec2]: Apply"), 10);
  near(since("Exec[exec2]: Command output is empty!"), 20);
  near(since("Exec[exec3]: Apply"), 20);
  near(since("Exec[exec3]: Command output is empty!"), 30);
  near(since("Converged for 5 seconds, exiting!"), 35);
  for (const name of ["exec1", "exec2", "exec3", "exec4"]) {
    assertMatch(run.stderr, new RegExp(`Exec\\[${name}\\]: Exited`));
  }
  assertMatch(lines.at(-2) ?? "", /Goodbye!$/);
});

function secondsOfDay(line: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = line.slice(0, 8).split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}
