/**
 * What tests of the page look at, and do.
 *
 * @module
 */

import type { Locator, Page } from "playwright-core";

/** Two files that can be put right, one thing that fails, and one that waits for it. */
export const SITE = `graph: site
resources:
  file:
    - {name: motd, path: DIRECTORY/motd, content: "hello\\n"}
    - {name: issue, path: DIRECTORY/issue, content: "hello\\n"}
  exec:
    - {name: breaks, cmd: "false"}
  noop:
    - {name: behind}
edges:
  - {from: {kind: exec, name: breaks}, to: {kind: noop, name: behind}}
`;

/** Opens a link, and presses the button that uses it. */
export async function logIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Show the page" }).click();
  await page.waitForURL((url) => url.pathname === "/");
}

/** The row of a resource in the list. */
export function row(page: Page, key: string): Locator {
  return page.locator(`.row[data-key="${key}"]`);
}

/** Puts other content there at once, so that nobody sees the file empty. */
export async function harm(path: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, "mine\n");
  await Deno.rename(`${path}.new`, path);
}
