import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runLine } from "../../support/cli_surface.ts";
import { inDirectory } from "../../support/program.ts";

const FILES = [
  "site.ts",
  "modules/welcome.ts",
  "data/people.yaml",
  "deno.json",
  "tsconfig.json",
  "mgmt.d.ts",
];

Deno.test("init writes an example, says what it wrote and what to type next", async () => {
  await inDirectory(async (parent) => {
    const { code, data, talk } = await runLine(["init", `${parent}/new/`]);
    assertEquals([code, talk], [0, ""]);
    const at = `${parent}/new`;
    assertEquals(data.split("\n"), [
      ...FILES.map((path) => `${at}/${path}`),
      "",
      "Next:",
      `  mgmt validate ${at}/site.ts`,
      `  mgmt run ${at}/site.ts --converged-timeout=0`,
      "",
    ]);
    for (const path of FILES) assertEquals(Deno.statSync(`${at}/${path}`).mode! & 0o777, 0o644);
    for (const path of ["", "modules", "data"]) {
      assertEquals(Deno.statSync(`${at}/${path}`).mode! & 0o777, 0o755);
    }
  });
});

Deno.test("init takes a directory that is there, and leaves what is in it", async () => {
  await inDirectory(async (at) => {
    Deno.mkdirSync(`${at}/modules`);
    Deno.writeTextFileSync(`${at}/README`, "mine");
    assertEquals((await runLine(["init", at])).code, 0);
    assertEquals(Deno.readTextFileSync(`${at}/README`), "mine");
    assert(Deno.statSync(`${at}/modules/welcome.ts`).isFile);
  });
});

Deno.test("init overwrites nothing, and says what is in its way", async () => {
  await inDirectory(async (at) => {
    Deno.writeTextFileSync(`${at}/deno.json`, "{}");
    Deno.symlinkSync("/nowhere", `${at}/site.ts`);
    const { code, data, talk } = await runLine(["init", at]);
    assertEquals([code, data], [1, ""]);
    assertStringIncludes(talk, `${at} has site.ts, deno.json already, which are not overwritten`);
    assertEquals([...Deno.readDirSync(at)].map(({ name }) => name).sort(), [
      "deno.json",
      "site.ts",
    ]);
    assertEquals(Deno.readTextFileSync(`${at}/deno.json`), "{}");
  });
});

Deno.test("init says why where it cannot write", async () => {
  await inDirectory(async (at) => {
    Deno.writeTextFileSync(`${at}/file`, "");
    for (const directory of ["file", "file/below", "missing/below"]) {
      const { code, talk } = await runLine(["init", `${at}/${directory}`]);
      assertEquals(code, 1);
      assertStringIncludes(talk, "mgmt init: ");
      assertStringIncludes(talk, at);
    }
  });
});

Deno.test("types makes and renews mgmt.d.ts, and nothing else", async () => {
  await inDirectory(async (at) => {
    const path = `${at}/mgmt.d.ts`;
    const types = () => runLine(["types", at]);
    assertEquals((await types()).data, `${path}: made\n`);
    const made = Deno.readTextFileSync(path);
    assertEquals(made, (await runLine(["types", "-"])).data);
    assertEquals((await types()).data, `${path}: is up to date\n`);
    Deno.writeTextFileSync(path, made.replace("readonly recurse?", "readonly recursive?"));
    assertEquals((await types()).data, `${path}: renewed\n`);
    assertEquals(Deno.readTextFileSync(path), made);
    assertEquals([...Deno.readDirSync(at)].length, 1);
  });
});

Deno.test("types and init say what is wrong with a directory", async () => {
  await inDirectory(async (at) => {
    const { code, talk } = await runLine(["types", `${at}/missing`]);
    assertEquals([code, talk], [
      1,
      `mgmt types: there is no directory ${at}/missing\n  hint: mgmt init makes one, with an example\n`,
    ]);
    assertEquals((await runLine(["init", ""])).code, 1);
  });
});

Deno.test("types leaves a mgmt.d.ts that is somebody else's", async () => {
  await inDirectory(async (at) => {
    Deno.writeTextFileSync(`${at}/mgmt.d.ts`, "export {};\n");
    const { code, talk } = await runLine(["types", at]);
    assertEquals(code, 1);
    assertStringIncludes(talk, "is there, and is none that mgmt made");
    assertEquals(Deno.readTextFileSync(`${at}/mgmt.d.ts`), "export {};\n");
  });
});

Deno.test("validate tells where the types beside a program are of another mgmt", async () => {
  await inDirectory(async (at) => {
    await runLine(["init", at]);
    const validate = () => runLine(["validate", `${at}/site.ts`]);
    assertEquals((await validate()).talk, "");
    const path = `${at}/mgmt.d.ts`;
    const made = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, made.replace("readonly recurse?", "readonly recursive?"));
    const { code, talk } = await validate();
    assertEquals(code, 0);
    assertEquals(
      talk,
      `note: ${path} is of an mgmt with other kinds or fields\n  hint: mgmt types ${at}\n`,
    );
  });
});
