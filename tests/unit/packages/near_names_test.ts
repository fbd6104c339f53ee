import { assertEquals } from "@std/assert";
import { nearNames } from "../../../src/packages/near_names.ts";

const KNOWN = ["apache2", "nginx", "xonix", "postgresql", "powertop", "Perl-base", "vim"];

function near(name: string): readonly string[] | undefined {
  return nearNames([name], KNOWN).get(name);
}

Deno.test("names like a mistyped one are proposed, the nearest first", () => {
  assertEquals(near("ngnix")?.[0], "nginx");
  assertEquals(near("apahce2"), ["apache2"]);
  assertEquals(near("opwertop"), ["powertop"]);
  assertEquals(near("perl-bas"), ["Perl-base"]);
  assertEquals(near("nothing-like-it"), []);
});

Deno.test("of very many unknown names only the first get proposals", () => {
  const many = Array.from({ length: 1000 }, (_, at) => `ngnix${at}`);
  assertEquals(nearNames(many, KNOWN).size, 10);
});
