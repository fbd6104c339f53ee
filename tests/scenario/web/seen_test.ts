/** The page of an agent that hangs, and a page that nobody sees. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { NO_BROWSER } from "../../support/browser.ts";
import { controlSays } from "../../support/control.ts";
import { harm, SITE } from "../../support/page_steps.ts";
import { eventually } from "../../support/processes.ts";
import { withPage } from "../../support/web_world.ts";

const ignore = NO_BROWSER !== undefined;

Deno.test({
  name: "web: of an agent that hangs the page says that it does not answer, until it goes on",
  ignore,
  fn: () =>
    withPage(SITE, async (page, { agent }) => {
      await page.getByText("live", { exact: true }).waitFor();
      agent.signal("SIGSTOP");
      await page.getByText("The agent does not answer.").first().waitFor();
      await page.locator(".is-stale").waitFor();
      agent.signal("SIGCONT");
      await page.getByText("live", { exact: true }).waitFor();
      assertEquals(await page.locator(".is-stale").count(), 0);
    }),
});

/** As a browser does where another tab is shown. */
function setHidden(page: Page, isHidden: boolean): Promise<void> {
  return page.evaluate(`(() => {
    Object.defineProperty(document, "hidden", { value: ${isHidden}, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  })()`);
}

Deno.test({
  name:
    "web: a page that nobody sees has no connection, and knows what happened when it is seen again",
  ignore,
  fn: () =>
    withPage(SITE, async (page, { directory, prefix }) => {
      const hasReaders = (count: number) =>
        eventually(async () => {
          const text = await controlSays(prefix, "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n");
          return text.includes(`mgmt_event_readers ${count}\n`);
        });
      await page.getByText("live", { exact: true }).waitFor();
      assert(await hasReaders(1), "a page that is seen reads along");
      await setHidden(page, true);
      assert(await hasReaders(0), "a page that is hidden reads along");
      await harm(`${directory}/motd`);
      assert(await eventually(() => Deno.readTextFileSync(`${directory}/motd`) === "hello\n"));
      await setHidden(page, false);
      await page.getByText("live", { exact: true }).waitFor();
      await page.getByRole("link", { name: "Timeline" }).click();
      await page.getByRole("link", { name: /File\[motd\] was changed: content/ }).first().waitFor();
    }),
});
