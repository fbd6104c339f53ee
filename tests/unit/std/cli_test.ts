import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli";

Deno.test("flags are taken by their declared type, everything else stays in _", () => {
  const args = parseArgs(["run", "--noop", "--file", "007", "-t=5", "x.yaml"], {
    boolean: ["noop", "json"],
    string: ["file"],
    alias: { "converged-timeout": "t" },
  });
  assertEquals(args._, ["run", "x.yaml"]);
  assertEquals(args["noop"], true);
  assertEquals(args["json"], false);
  assertEquals(args["file"], "007");
  assertEquals(args["converged-timeout"], 5);
});

Deno.test("the last of two equal flags wins unless they are collected", () => {
  const options = { string: ["file", "seeds"], collect: ["seeds"] };
  const args = parseArgs(["--file=a", "--file=b", "--seeds=a", "--seeds=b"], options);
  assertEquals(args["file"], "b");
  assertEquals(args["seeds"], ["a", "b"]);
  assertEquals(parseArgs([], options)["seeds"], []);
  assertEquals(parseArgs(["--seeds=a"], options)["seeds"], ["a"]);
});

Deno.test("--no-x negates only what is negatable, else it is a flag of that name", () => {
  const args = parseArgs(["--no-watch", "--no-color"], {
    boolean: ["no-watch", "color"],
    negatable: ["color"],
  });
  assertEquals(args["no-watch"], true);
  assertEquals(args["color"], false);
});

Deno.test("unknown is called with what no option names, and leaves it out by false", () => {
  const seen: unknown[][] = [];
  const unknown = (...all: unknown[]) => (seen.push(all), false);
  const args = parseArgs(["word", "--fil=x", "--no-such", "-q", "--known"], {
    boolean: ["known"],
    unknown,
  });
  assertEquals(seen, [
    ["word"],
    ["--fil=x", "fil", "x"],
    ["--no-such", "no-such", true],
    ["-q", "q", true],
  ]);
  assertEquals(args, { _: [], known: true });
});

Deno.test("what follows -- is kept apart on demand", () => {
  const args = parseArgs(["a", "--", "--b", "--no-c"], { "--": true });
  assertEquals(args["--"], ["--b", "--no-c"]);
  assertEquals(args._, ["a"]);
});
