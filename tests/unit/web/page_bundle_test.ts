/** The page as a browser gets it, made from the source as `mgmt web` does that runs from it. */

import { assert, assertEquals } from "@std/assert";
import { bundleForBrowser } from "../../../src/os/browser_bundle.ts";
import { assetType, INDEX } from "../../../src/web/assets.ts";
import { repositoryFile } from "../../support/program.ts";

/** What a page may weigh: it is in every executable. */
const LARGEST_BYTES = 400_000;

Deno.test("web: the page is made of its own files alone, none of which needs what its policy forbids", async () => {
  const files = await bundleForBrowser(repositoryFile("src/web/page"));
  const names = Object.keys(files);
  assert([INDEX, "main.js", "style.css"].every((name) => names.includes(name)), names.join());
  assertEquals(names.filter((name) => assetType(name) === undefined), []);
  const bytes = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  assert(bytes < LARGEST_BYTES, `${bytes} bytes`);
  const index = files[INDEX]!;
  const led = [...index.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target = ""]) => target);
  const known = names.map((name) => `/assets/${name}`);
  assertEquals(led.filter((target) => !known.includes(target) && !/^(#|data:)/.test(target)), []);
  assert(
    !/<script(?![^>]*src=)|<style| on[a-z]+=|style=/.test(index),
    "the policy forbids inline code",
  );
  assert(!/url\(["']?(?!data:|#)/.test(files["style.css"]!), "style.css loads something");
  const code = names.filter((name) => name.endsWith(".js")).map((name) => files[name]).join();
  assertEquals(/\beval\(|new Function\(|\bimport\(/.exec(code)?.[0], undefined);
});
