/** The page in a real browser: who is let in, and what is seen first. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { NO_BROWSER } from "../../support/browser.ts";
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
      await stranger.goto(used);
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
