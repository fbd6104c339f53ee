/** What the page may change. */

import { assertEquals } from "@std/assert";
import { NO_BROWSER } from "../../support/browser.ts";
import { harm, row, SITE } from "../../support/page_steps.ts";
import { withPage } from "../../support/web_world.ts";

const ignore = NO_BROWSER !== undefined;

Deno.test({
  name:
    "web: a resource is held with a reason, stays as somebody left it, and is put right once released",
  ignore,
  fn: () =>
    withPage(SITE, async (page, { directory }) => {
      await row(page, "file[motd]").click();
      const panel = page.getByRole("complementary", { name: "file motd" });
      await panel.getByText("Hold it").click();
      await panel.getByLabel("Why").fill("by hand tonight");
      await panel.getByRole("button", { name: "Hold", exact: true }).click();
      await panel.getByRole("button", { name: "Release" }).waitFor();
      await harm(`${directory}/motd`);
      await row(page, "file[motd]").getByText("held", { exact: true }).waitFor();
      await panel.getByText(/by hand tonight/).first().waitFor();
      await panel.getByRole("heading", { name: "What is different" }).waitFor();
      await panel.getByRole("group", { name: "Difference" }).first().getByText("+hello").waitFor();
      assertEquals(await Deno.readTextFile(`${directory}/motd`), "mine\n");
      // Who opens the page when it is held is told so, too.
      await page.reload();
      await panel.getByRole("button", { name: "Release" }).click();
      await panel.getByText("Hold it").waitFor();
      await panel.getByText("as it should be").waitFor();
      await panel.getByRole("heading", { name: "What is different" }).waitFor({
        state: "detached",
      });
      assertEquals(await Deno.readTextFile(`${directory}/motd`), "hello\n");
    }, { web: ["--allow-changes"] }),
});
