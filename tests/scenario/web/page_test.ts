/** The page in a real browser, by what a person does. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { NO_BROWSER } from "../../support/browser.ts";
import { harm, row, SITE } from "../../support/page_steps.ts";
import { withPage } from "../../support/web_world.ts";

const ignore = NO_BROWSER !== undefined;

/** What has the focus: its resource, or its id. */
function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(`(() => {
    const { dataset, id } = document.activeElement;
    return dataset.key ?? dataset.id ?? id;
  })()`);
}

/** Presses Tab until the focus is on a resource. */
async function tabToResource(page: Page): Promise<void> {
  for (let tabs = 0; tabs < 40; tabs++) {
    await page.keyboard.press("Tab");
    if ((await focused(page))?.includes("[")) return;
  }
  throw new Error("no tab leads to a resource");
}

Deno.test({
  name: "web: a file is seen to be put right live, and by whom, in panel, drawing and timeline",
  ignore,
  fn: () =>
    withPage(SITE, async (page, { directory }) => {
      await row(page, "file[motd]").click();
      const panel = page.getByRole("complementary", { name: "file motd" });
      await panel.getByText("the run began").first().waitFor();
      await harm(`${directory}/motd`);
      await panel.getByText(/because .*motd: moved here/).first().waitFor();
      await panel.getByText("What was different").first().click();
      await panel.getByText("-mine").first().waitFor();
      assertEquals(await Deno.readTextFile(`${directory}/motd`), "hello\n");

      // What failed is on top, with its reason; what waits says for whom.
      await row(page, "exec[breaks]").getByText("exited with code 1").waitFor();
      await row(page, "noop[behind]").getByText("for Exec[breaks]").waitFor();
      await page.locator('[data-id="exec[breaks]"].is-failed').waitFor();
      await page.getByRole("link", { name: "Timeline" }).click();
      await page.getByRole("link", { name: /File\[motd\] was changed: content/ }).first().waitFor();
      assert((await page.title()).includes("failed"), await page.title());
      await page.getByRole("heading", { level: 1, name: Deno.hostname() }).waitFor();
    }),
});

const HOSTILE = `graph: hostile
resources:
  noop:
    - {name: "<img src=x onerror=alert(1)>"}
    - {name: "a\\u202Etxt.exe"}
    - {name: "${"x".repeat(4000)}"}
    - {name: plain}
`;

Deno.test({
  name: "web: hostile names are text, and the keyboard alone reaches everything",
  ignore,
  fn: () =>
    withPage(HOSTILE, async (page) => {
      await row(page, "noop[plain]").waitFor();
      await page.locator("svg.drawing [data-id]").first().waitFor();
      assertEquals(await page.locator("img, #page script").count(), 0);
      const text = await page.locator("#page").innerText();
      assert(text.includes("<img src=x onerror=alert(1)>"), text);
      assert(!text.includes("\u202e"), "it turns the direction of what stands beside it");
      const long = await page.locator(".row", { hasText: "xxxx" }).boundingBox();
      assert((long?.height ?? 0) < 80, `a name of 4000 letters is ${long?.height} high`);

      await tabToResource(page);
      await page.keyboard.press("End");
      assertEquals(await focused(page), "noop[plain]");
      await page.keyboard.press("Enter");
      await page.locator("#panel-title:focus").waitFor();
      await page.keyboard.press("Escape");
      await page.locator('[data-key="noop[plain]"]:focus').waitFor();
      await page.keyboard.press("Control+k");
      await page.keyboard.type("plain");
      await page.locator(".row").nth(1).waitFor({ state: "detached" });
      assertEquals(await page.locator(".row").count(), 1);
      await tabToResource(page);
      await tabToResource(page);
      const before = await focused(page);
      await page.keyboard.press("ArrowRight");
      assert(await focused(page) !== before, "arrows move in the drawing");
      await page.keyboard.press("Enter");
      await page.locator("#panel-title:focus").waitFor();
    }),
});

Deno.test({
  name: "web: on a narrow screen nothing is wider than it, and nothing moves the focus",
  ignore,
  fn: () =>
    withPage(SITE, async (page, { directory }) => {
      await page.setViewportSize({ width: 360, height: 640 });
      await row(page, "file[motd]").focus();
      await harm(`${directory}/motd`);
      await Deno.remove(`${directory}/issue`);
      const width = () => page.evaluate("document.documentElement.scrollWidth");
      for (const view of ["Graph", "Plan", "Timeline", "Cluster"]) {
        if (view === "Graph") assertEquals(await focused(page), "file[motd]");
        await page.getByRole("link", { name: view }).click();
        await page.locator(`.at-${view.toLowerCase()}`).waitFor();
        assertEquals(await width(), 360, view);
      }
      await page.getByRole("link", { name: "Resources" }).click();
      await row(page, "file[motd]").click();
      await page.getByRole("complementary").waitFor();
      assertEquals(await width(), 360);
      await page.getByRole("button", { name: "Close" }).click();
      await page.locator('[data-key="file[motd]"]:focus').waitFor();
    }),
});
