import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { trustAsService, trustByHand, type TrustRule } from "../../../src/app/graph/graph_trust.ts";
import { openSecrets } from "../../../src/app/secrets/open_secrets.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import type { AnyKind } from "../../../src/kind/kind.ts";
import { META_DEFAULTS } from "../../../src/kind/meta.ts";
import type { Resource } from "../../../src/kind/resource.ts";
import { encryptFor, newIdentity, recipientOf } from "../../../src/secrets/age.ts";
import { inDirectory } from "../../support/program.ts";

const OTHER_UID = 1234;
const RULES: readonly TrustRule[] = [trustByHand(), trustAsService()];

const RESOURCE: Resource = {
  key: "takes[t]",
  kind: { kind: "takes", fields: {} } as unknown as AnyKind,
  name: "t",
  params: "token",
  meta: META_DEFAULTS,
  secrets: {
    names: ["k"],
    revision: 0,
    fill: (valueOf) => {
      const value = valueOf({ name: "k", transforms: [] });
      return value.ok ? ok(new TextDecoder().decode(value.value)) : value;
    },
  },
};

/** The value that a run takes, or why it takes none. */
async function taken(directory: string, trust: TrustRule): Promise<string> {
  const host = createLocalHost({ prefix: undefined, warn: () => {}, readsOnly: { probes: false } });
  try {
    const settings = { secrets: `${directory}/given`, convergedTimeoutSeconds: 0 };
    const earlier = `${directory}/prefix`;
    const secrets = await openSecrets(
      { settings, host, earlier, trust, changed: () => {} },
      `${directory}/graph`,
    );
    const graph = { name: "g", vertices: new Map([[RESOURCE.key, RESOURCE]]), edges: [] };
    const names = new Set(["k"]);
    const known = await secrets.know(graph, { names, before: new Set(), beside: new Map() });
    const filled: Result<Resource> = secrets.filled(known.vertices.get(RESOURCE.key) ?? RESOURCE);
    secrets.close();
    if (filled.ok) return String(filled.value.params);
    return `${filled.failure.code}: ${filled.failure.message}`;
  } finally {
    await host.close();
  }
}

Deno.test("an encrypted secret that another user owns or may write is refused, by hand and as a service", () =>
  inDirectory(async (directory) => {
    const file = `${directory}/graph/secrets/k.age`;
    await Deno.mkdir(`${directory}/graph/secrets`, { recursive: true, mode: 0o755 });
    await Deno.mkdir(`${directory}/prefix`, { mode: 0o700 });
    const key = await newIdentity();
    await Deno.writeTextFile(`${directory}/prefix/identity`, `${key}\n`, { mode: 0o600 });
    const recipient = await recipientOf(key);
    assert(recipient.ok);
    const encrypted = await encryptFor(new TextEncoder().encode("value"), [recipient.value]);
    assert(encrypted.ok);
    await Deno.writeTextFile(file, encrypted.value, { mode: 0o644 });
    for (const trust of RULES) {
      await Deno.chmod(file, 0o644);
      assertEquals(await taken(directory, trust), "value");
      await Deno.chmod(file, 0o666);
      const said = await taken(directory, trust);
      assertStringIncludes(said, "secret-unsafe: ");
      assertStringIncludes(said, "mode 0666) can be written by everybody");
    }
    await Deno.chmod(file, 0o644);
    if (Deno.uid() !== 0) return;
    await Deno.chown(file, OTHER_UID, null);
    for (const trust of RULES) {
      assertStringIncludes(await taken(directory, trust), `secret-unsafe: secrets in `);
      assertStringIncludes(await taken(directory, trust), `belongs to ${OTHER_UID}`);
    }
    // Who became root by sudo may write the graph, and so what is beside it.
    const [byHand] = RULES;
    const sudo = { ...byHand!, trusted: new Set([0, OTHER_UID]) };
    assertEquals(await taken(directory, sudo), "value");
  }));

Deno.test("a directory of secrets that belongs to another user is refused, and so is one below that user's", () =>
  inDirectory(async (directory) => {
    const given = `${directory}/given`;
    await Deno.mkdir(given, { mode: 0o755 });
    await Deno.writeTextFile(`${given}/k`, "value", { mode: 0o600 });
    for (const trust of RULES) assertEquals(await taken(directory, trust), "value");
    if (Deno.uid() !== 0) return;
    for (const path of [given, directory]) {
      await Deno.chown(path, OTHER_UID, null);
      for (const mode of [0o755, 0o700]) {
        await Deno.chmod(path, mode);
        for (const trust of RULES) {
          const said = await taken(directory, trust);
          assertStringIncludes(said, `secret-unsafe: secrets in ${given} are not used: `);
          assertStringIncludes(said, `belongs to ${OTHER_UID}`);
        }
      }
      await Deno.chown(path, 0, null);
    }
    for (const trust of RULES) assertEquals(await taken(directory, trust), "value");
  }));
