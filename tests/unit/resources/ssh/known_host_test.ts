import { assertEquals, assertMatch } from "@std/assert";
import knownHost from "../../../../src/resources/known_host/kind.ts";
import type { KnownHostFields } from "../../../../src/resources/known_host/fields.ts";
import { registry } from "../../../../src/resources/registry.ts";
import { inKindWorld, resolving, resourceOf } from "../../../support/kind_world.ts";
import { loadText } from "../../../support/load_text.ts";
import { shell } from "../../../support/program.ts";

const A = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const B = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
const RSA = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQE=";

/** What `before` becomes, and why. */
function becomes(before: string, fields: KnownHostFields, after: string, reason?: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const said = await (await resourceOf(knownHost, world, { path, key: A, ...fields }, "h"))
      .heal();
    assertEquals(world.text("f"), after);
    assertEquals(said, reason);
  });
}

/** What is said against fields. */
async function mistakes(fields: KnownHostFields, name = "h"): Promise<string> {
  const { issues } = await resolving(knownHost, { key: A, ...fields }, name);
  return issues.map(({ message }) => message).join("; ");
}

Deno.test("the key of a host goes to the end, by all of its names", async () => {
  const missing = "the key of the host is not there";
  await becomes("# mine", {}, `# mine\nh ${A}\n`, missing);
  await becomes(`g ${A}\n`, { host: ["h", "192.0.2.1"] }, `g ${A}\n192.0.2.1,h ${A}\n`, missing);
  await becomes("", { port: 2222, host: ["H", "::1"] }, `[::1]:2222,[h]:2222 ${A}\n`, missing);
  await becomes(`h ${A}\n`, { host: "[h]:22" }, `h ${A}\n`);
  await becomes(`h ${A}\n`, { port: 22 }, `h ${A}\n`);
});

Deno.test("what is known already stays as it is: other names, the order, a comment, hashes", async () => {
  await becomes(`x,H,y ${A} of root\n`, { host: ["h", "y"] }, `x,H,y ${A} of root\n`);
  await becomes(`x ${A}\nh ${A}\n`, { host: ["h", "x"] }, `x ${A}\nh ${A}\n`);
  await becomes(
    `x ${A}\n`,
    { host: ["h", "x"] },
    `x ${A}\nh ${A}\n`,
    "the key of the host is not there",
  );
});

Deno.test("another key of the same type goes, of this host only", async () => {
  const differs = "the key of the host differs";
  await becomes(`a ${A}\nh ${B}\nz ${A}\n`, {}, `a ${A}\nh ${A}\nz ${A}\n`, differs);
  await becomes(`g,h ${B} c\n`, {}, `g ${B} c\nh ${A}\n`, differs);
  await becomes(`h ${RSA}\nh ${B}`, {}, `h ${RSA}\nh ${A}`.concat("\n"), differs);
  await becomes(`h ${A}\nh ${B}\n`, {}, `h ${A}\n`, differs);
  await becomes(`h ${A} x\n`, { key: `${A} y` }, `h ${A} y\n`, "the comment of the key differs");
});

Deno.test("authorities and revoked keys stand beside each other, and beside the host's own", async () => {
  const missing = "the key of the host is not there";
  const marked = `@cert-authority *.h ${B}\n`;
  const authority = { host: "*.h", marker: "cert-authority" } as const;
  await becomes(
    `${marked}*.h ${B}\n`,
    authority,
    `${marked}*.h ${B}\n@cert-authority *.h ${A}\n`,
    missing,
  );
  await becomes(`h ${A}\n`, { marker: "revoked" }, `h ${A}\n@revoked h ${A}\n`, missing);
});

Deno.test("what is absent goes: a key, or all keys of a host, and the other names stay", async () => {
  const gone = "the key is there and should not be";
  await becomes(`g,h ${A}\nh ${B}\n`, { state: "absent" }, `g ${A}\nh ${B}\n`, gone);
  await inKindWorld(async (world) => {
    const path = world.put("f", `g,h ${A}\nh ${RSA}\n@revoked h ${B}\n# h\n`);
    await (await resourceOf(knownHost, world, { path, state: "absent" }, "h")).heal();
    assertEquals(world.text("f"), `g ${A}\n@revoked h ${B}\n# h\n`);
  });
});

Deno.test("purge removes other keys of the host, and no other host's", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", `h ${RSA}\ng,h ${RSA}\n@revoked h ${B}\n1024 nonsense\n`);
    await (await resourceOf(knownHost, world, { path, key: A, purge: true }, "h")).heal();
    assertEquals(world.text("f"), `h ${A}\ng ${RSA}\n@revoked h ${B}\n1024 nonsense\n`);
    world.put("f", `h ${RSA}\nh ${A}\n`);
    world.claimed.add(`known-host:${path}:h ${RSA.split(" ")[1]}`);
    const kept = await resourceOf(knownHost, world, { path, key: A, purge: true }, "h");
    assertEquals(await kept.check(), undefined);
  }));

Deno.test("hashed names are those that ssh-keygen finds, and those that it wrote are found", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", `h ${A}\ng ${B}\n`);
    const fields = { path, key: A, host: ["h", "192.0.2.1"], hashed: true };
    const made = await resourceOf(knownHost, world, fields);
    assertEquals(await made.heal(), "the names are not hashed");
    for (const name of ["h", "192.0.2.1"]) {
      assertMatch(await shell(`ssh-keygen -F ${name} -f ${path}`), /\|1\|\S+ ssh-ed25519 AAAA/);
    }
    assertEquals(world.text("f").match(/\bh /g), null);
    world.put("f", `H ${A}\n`);
    await shell(`ssh-keygen -q -H -f ${path} 2>/dev/null`);
    const hashed = world.text("f");
    assertEquals(
      await (await resourceOf(knownHost, world, { path, key: A }, "h")).check(),
      undefined,
    );
    await (await resourceOf(knownHost, world, { path, key: B }, "h")).heal();
    assertEquals(world.text("f"), `h ${B}\n`);
    assertEquals(hashed.startsWith("|1|"), true);
  }));

Deno.test("what is no host or no key is refused, and so are two keys of one type", async () => {
  assertMatch(await mistakes({ host: "a b" }), /^$|host/);
  assertMatch(await mistakes({}, "a b"), /is no name of a host/);
  assertMatch(await mistakes({ key: `pty ${A}` }), /begins with something else/);
  assertMatch(await mistakes({ host: "*.h", hashed: true }), /pattern cannot be hashed/);
  assertMatch(await mistakes({ host: "[h]:1", port: 2 }), /port stands in host/);
  assertMatch(await mistakes({ marker: "revoked", purge: true }), /host's own key/);
  const said = async (one: string, other: string) => {
    const entry = (name: string, fields: string) =>
      `  - {name: ${name}, path: /tmp/k, ${fields}}\n`;
    const text = `graph: g\nresources:\n  known_host:\n${entry("a", one)}${entry("b", other)}`;
    const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
    return outcome.ok ? "" : outcome.diagnostics.map(({ message }) => message).join();
  };
  assertMatch(
    await said(`key: ${A}`, `host: [a, b], key: ${B}`),
    /both say the key of type ssh-ed25519 of a/,
  );
  assertMatch(await said(`key: ${A}`, "host: a, state: absent"), /has a key of a that the other/);
  assertEquals(await said(`key: ${A}`, `host: a, key: ${RSA}`), "");
});
