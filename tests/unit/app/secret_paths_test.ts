import { assert, assertEquals } from "@std/assert";
import { SecretPaths } from "../../../src/app/secrets/secret_paths.ts";
import { LIMITS } from "../../../src/base/limits.ts";
import { inDirectory } from "../../support/program.ts";

const of = (path: string, ...names: string[]) => new Map([[path, new Set(names)]]);

Deno.test("which files had secrets is known after a restart, and is bounded", () =>
  inDirectory((prefix) => {
    const paths = new SecretPaths(prefix);
    assertEquals(paths.known().size, 0);
    assert(paths.add(new Map()).ok);
    assertEquals([...Deno.readDirSync(prefix)], []);
    assert(paths.add(of("/a\n b", "one")).ok);
    assert(paths.add(of("/a\n b", "two")).ok);
    assertEquals([...new SecretPaths(prefix).known()], [["/a\n b", new Set(["one", "two"])]]);
    const many = Array.from({ length: LIMITS.secretPaths }, (_, at) => [`/${at}`, new Set(["n"])]);
    assert(new SecretPaths(prefix).add(new Map(many as [string, Set<string>][])).ok);
    const known = new SecretPaths(prefix).known();
    assertEquals([known.size, known.has("/a\n b")], [LIMITS.secretPaths, false]);
    // A spoiled line takes no other with it.
    const file = `${prefix}/secret-paths`;
    Deno.writeTextFileSync(file, `${Deno.readTextFileSync(file).slice(0, 60)}\n{}\n["/z","s"]\n`);
    assertEquals(new SecretPaths(prefix).known().get("/z"), new Set(["s"]));
    assert(new SecretPaths(undefined).add(of("/a", "one")).ok);
    return Promise.resolve();
  }));
