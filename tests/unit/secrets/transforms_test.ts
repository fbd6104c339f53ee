// both runtimes: hashes come from the runtime's own library
import { assertEquals, assertNotEquals } from "@std/assert";
import { saltFor, sha512Crypt } from "../../../src/secrets/sha512_crypt.ts";
import { transformed } from "../../../src/secrets/transforms.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("SHA-512 crypt is what openssl makes of it, at the lengths where blocks end", () => {
  for (const password of ["a", "é☃", "x".repeat(63), "x".repeat(64), "x".repeat(129)]) {
    const { stdout } = new Deno.Command("openssl", {
      args: ["passwd", "-6", "-salt", "saltSALT.12/abcd", password],
    }).outputSync();
    const expected = new TextDecoder().decode(stdout).trim();
    assertEquals(sha512Crypt(bytes(password), "saltSALT.12/abcd"), expected);
  }
});

Deno.test("transforms are made one after the other, and a hash has the salt of host and secret", () => {
  const of = (...transforms: Parameters<typeof transformed>[1]) =>
    new TextDecoder().decode(transformed(bytes("  pw \n"), transforms, () => saltFor("m", "n")));
  assertEquals(of("trim"), "pw");
  assertEquals(of("base64"), btoa("  pw \n"));
  assertEquals(of("trim", "base64"), btoa("pw"));
  assertEquals(of("json"), "  pw \\n");
  assertEquals(of("trim", "sha512crypt"), sha512Crypt(bytes("pw"), saltFor("m", "n")));
  assertEquals(saltFor("m", "n"), saltFor("m", "n"));
  assertNotEquals(saltFor("m", "n"), saltFor("m2", "n"));
  assertNotEquals(saltFor("m", "n"), saltFor("m", "n2"));
});
