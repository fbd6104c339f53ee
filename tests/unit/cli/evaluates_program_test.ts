import { assertEquals } from "@std/assert";
import { evaluatesProgram } from "../../../src/cli/evaluates_program.ts";

Deno.test("which command lines have a program evaluated is seen before their command is loaded", () => {
  for (
    const line of [
      "run site.ts",
      "r /etc/mgmt/site.ts -t 0",
      "run --file site.ts",
      "run --file=site.ts",
      "validate graph.yaml site.ts",
      "graph site.ts --format json",
      "plan site.ts",
    ]
  ) assertEquals(evaluatesProgram(line.split(" ")), true, line);
  for (
    const line of [
      "",
      "run",
      "run graph.yaml",
      "run .",
      "run --help site.ts",
      "plan site.ts --running",
      "version site.ts",
      "secret set site.ts",
      "site.ts",
    ]
  ) assertEquals(evaluatesProgram(line.split(" ")), false, line);
});
