/** The page while something takes long, and while its agent stops. */

import { assertEquals } from "@std/assert";
import { NO_BROWSER } from "../../support/browser.ts";
import { row } from "../../support/page_steps.ts";
import { withPage } from "../../support/web_world.ts";

const SLOW = `graph: slow
resources:
  exec:
    - {name: breaks, cmd: "false"}
    - {name: slow, cmd: sleep 600}
`;

Deno.test({
  name:
    "web: what runs already when the page is opened is working, and an agent that stops says for whom it waits, and tries nothing again",
  ignore: NO_BROWSER !== undefined,
  fn: () =>
    withPage(SLOW, async (page, { agent }) => {
      await row(page, "exec[slow]").getByText("working", { exact: true }).waitFor();
      await row(page, "exec[breaks]").click();
      const panel = page.getByRole("complementary", { name: "exec breaks" });
      await panel.getByText("Tried again at").waitFor();
      agent.signal("SIGINT");
      await page.getByText("stops, waits for Exec[slow]").waitFor();
      assertEquals(await panel.getByText("Tried again at").count(), 0);
      assertEquals(await page.getByText("live", { exact: true }).count(), 0);
      // The second time aborts it.
      await agent.signalAgain("SIGINT");
      await agent.ended();
      await page.getByText("The agent does not answer.").first().waitFor();
    }),
});
