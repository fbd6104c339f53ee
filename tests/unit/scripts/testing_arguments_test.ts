import { assertEquals } from "@std/assert";
import { readArguments } from "../../../scripts/testing/arguments.ts";

const FILE = "tests/unit/scripts/testing_arguments_test.ts";

Deno.test("paths are those of tests, however they are written, and flags go on as they are", () => {
  assertEquals(readArguments([]), { paths: [], flags: [], isWhole: false });
  assertEquals(readArguments(["--static", `./${FILE}`, "tests/unit/", "--trace-leaks"]), {
    paths: [FILE, "tests/unit"],
    flags: ["--trace-leaks"],
    isWhole: true,
  });
  assertEquals(readArguments(["--filter", "a text", FILE]), {
    paths: [FILE],
    flags: ["--filter", "a text"],
    isWhole: false,
  });
});

Deno.test("a test that is not there is refused by its name, and does not start all others", () => {
  const gone = "tests/unit/scripts/gone_test.ts";
  assertEquals(readArguments([gone]), `there is no ${gone}`);
  assertEquals(readArguments([FILE, gone]), `there is no ${gone}`);
  assertEquals(readArguments(["src/base"]), "there are no tests in src/base");
});
