/** The page while its agent goes and comes, and when its link counts no more. */

import { assertEquals } from "@std/assert";
import { NO_BROWSER } from "../../support/browser.ts";
import { logIn, row, SITE } from "../../support/page_steps.ts";
import { withPage } from "../../support/web_world.ts";

const ignore = NO_BROWSER !== undefined;

Deno.test({
  name:
    "web: the page says that the agent is gone, and comes back with it; without a session it says what to do",
  ignore,
  fn: () =>
    withPage(SITE, async (page, world) => {
      await page.getByLabel("Search resources").fill("mot");
      await page.getByText("live", { exact: true }).waitFor();
      await world.agent.interrupt();
      await page.getByText("The agent does not answer.").first().waitFor();
      await page.locator(".is-stale").waitFor();
      assertEquals(await row(page, "file[motd]").count(), 1);
      world.agent = await world.startAgent();
      await page.getByText("live", { exact: true }).waitFor();
      assertEquals(await page.locator(".is-stale").count(), 0);
      assertEquals(await page.getByLabel("Search resources").inputValue(), "mot");

      await page.context().clearCookies();
      await world.agent.interrupt();
      await page.getByText("This link counts no more.").first().waitFor();
      world.agent = await world.startAgent();
      await logIn(page, await world.web.another());
      await page.getByText("live", { exact: true }).waitFor();
    }),
});
