/** The page with more than a window shows. */

import { assertEquals } from "@std/assert";
import { NO_BROWSER } from "../../support/browser.ts";
import { withPage } from "../../support/web_world.ts";

const MANY = Array.from({ length: 156 }, (_, at) => `{name: n${at}}`);

Deno.test({
  name: "web: with many resources the list scrolls, and the page around it does not",
  ignore: NO_BROWSER !== undefined,
  fn: () =>
    withPage(`graph: g\nresources: {noop: [${MANY.join(", ")}]}\n`, async (page) => {
      await page.setViewportSize({ width: 1300, height: 850 });
      await page.locator(".row.is-ok").nth(40).waitFor();
      const isHigher = (name: string) =>
        page.evaluate(`(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight)(
          document.querySelector("${name}"))`);
      assertEquals([await isHigher(".side"), await isHigher("html")], [true, false]);
      for (const view of ["Plan", "Timeline", "Cluster"]) {
        await page.getByRole("link", { name: view }).click();
        await page.locator(`.at-${view.toLowerCase()}`).waitFor();
        assertEquals(await isHigher("html"), false, view);
      }
    }),
});
