/** Links of the documents lead to a file of the project, and to a heading that is there. */

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url).pathname;
const LINK = /\]\(([^)\s]+)\)/g;

function documents(): string[] {
  const docs = [...Deno.readDirSync(`${ROOT}docs`)].map(({ name }) => `docs/${name}`);
  return ["README.md", "src/ARCHITECTURE.md", ...docs.filter((name) => name.endsWith(".md"))];
}

/** The text without what is code. */
function prose(name: string): string {
  return Deno.readTextFileSync(ROOT + name).replaceAll(/^ *```[^]*?^ *```/gm, "");
}

/** What a heading is called in links, by the rule of the usual renderers. */
function anchors(name: string): string[] {
  return [...prose(name).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

Deno.test("links of the documents lead somewhere", () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const name of documents()) {
    for (const [, link] of prose(name).matchAll(LINK)) {
      if (/^[a-z]+:/.test(link!)) continue;
      seen++;
      const [path = "", anchor] = link!.split("#");
      const target = new URL(path === "" ? `file:///${name}` : path, `file:///${name}`).pathname
        .slice(1);
      try {
        Deno.statSync(ROOT + target);
      } catch {
        wrong.push(`${name}: ${link} (no such file)`);
        continue;
      }
      if (anchor !== undefined && !anchors(target).includes(anchor)) {
        wrong.push(`${name}: ${link} (no such heading)`);
      }
    }
  }
  assert(seen > 30, `${seen} links`);
  assertEquals(wrong, []);
});
