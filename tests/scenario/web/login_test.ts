/** The page in a real browser: who is let in, and what is seen first. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import axe from "axe-core";
import { NO_BROWSER } from "../../support/browser.ts";
import { logIn } from "../../support/page_steps.ts";
import { withPage } from "../../support/web_world.ts";

const GRAPH = "graph: g\nresources: {file: [{name: motd, path: DIRECTORY/motd, content: x}]}\n";

Deno.test({
  name: "web: a link shows the resources once, and the same link in another browser nothing",
  ignore: NO_BROWSER !== undefined,
  fn: () =>
    withPage(GRAPH, async (page, { web }) => {
      await page.getByText("motd").first().waitFor();
      assertEquals(new URL(page.url()).hash, "", "the key does not stay in the address");
      const [cookie, ...others] = await page.context().cookies();
      assertEquals([cookie?.httpOnly, cookie?.sameSite, others], [true, "Strict", []]);
      assertEquals(await page.evaluate("document.cookie"), "");
      const used = await web.another();
      const other = await page.context().browser()!.newContext();
      const stranger = await other.newPage();
      assertEquals((await stranger.goto(`${web.origin}/`))?.status(), 401);
      // Who only looks at the link (a preview, a scanner) takes it from nobody.
      const preview = await (await fetch(used)).text();
      assertStringIncludes(preview, "<button");
      await stranger.goto(used);
      await stranger.evaluate(axe.source);
      const { violations } = await stranger.evaluate("axe.run()") as axe.AxeResults;
      assertEquals(violations.map(({ id }) => id), []);
      assertEquals(new URL(stranger.url()).search, "", "the token stays in the address");
      // The button has the focus.
      await stranger.keyboard.press("Enter");
      await stranger.getByText("motd").first().waitFor();
      const again = await (await page.context().browser()!.newContext()).newPage();
      assertEquals((await again.goto(used))?.status(), 401);
      assertStringIncludes(await again.content(), "Enter");
      // A new tab of who has logged in needs no link.
      const tab = await page.context().newPage();
      await tab.goto(`${web.origin}/`);
      await tab.getByText("motd").first().waitFor();
    }),
});

Deno.test({
  name: "web: a link logs in without scripts, too",
  ignore: NO_BROWSER !== undefined,
  fn: () =>
    withPage(GRAPH, async (page, { web }) => {
      const plain = await page.context().browser()!.newContext({ javaScriptEnabled: false });
      const tab = await plain.newPage();
      await logIn(tab, await web.another());
      assertEquals((await plain.cookies()).length, 1);
    }),
});
