/** Who can use the page: what axe-core finds of it. */

import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import { NO_BROWSER } from "../../support/browser.ts";
import { row, SITE } from "../../support/page_steps.ts";
import { withPage } from "../../support/web_world.ts";

const ignore = NO_BROWSER !== undefined;

/** What a browser loads, as texts. */
const BYTES_MAX = 150_000;

/** WCAG 2.2 AA, and what its authors advise. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

Deno.test({
  name: "web: names, roles and contrasts are right in every view, light and dark",
  ignore,
  fn: () =>
    withPage(SITE, async (page) => {
      await page.locator("svg.drawing [data-id]").first().waitFor();
      await page.evaluate(axe.source);
      const bytes = await page.evaluate(`Promise.all(
        ["/", "/assets/style.css", "/assets/main.js", "/assets/worker.js"].map((path) =>
          fetch(path).then((answer) => answer.text()).then((text) => text.length)
        )
      )`) as number[];
      const total = bytes.reduce((sum, each) => sum + each);
      assert(total > BYTES_MAX / 3 && total <= BYTES_MAX, `${bytes}`);
      const check = async (where: string) => {
        const { violations } = await page.evaluate(
          `axe.run({ runOnly: ${JSON.stringify(RULES)} })`,
        ) as axe.AxeResults;
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
        assertEquals(found, [], where);
      };
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await check(`resources, ${colorScheme}`);
        for (const view of ["Plan", "Timeline", "Cluster"]) {
          await page.getByRole("link", { name: view }).click();
          await page.locator(`.at-${view.toLowerCase()}`).waitFor();
          await check(`${view}, ${colorScheme}`);
        }
        await page.getByRole("link", { name: "Resources" }).click();
        await row(page, "exec[breaks]").click();
        await check(`panel, ${colorScheme}`);
        await page.getByRole("button", { name: "Close" }).click();
      }
    }, { web: ["--allow-changes"] }),
});
