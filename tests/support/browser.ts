/**
 * A real browser without a screen: Debian's chromium, driven as a person would.
 *
 * @module
 */

import { type Browser, chromium } from "playwright-core";

/** Debian's, which `scripts/test` installs where it may. */
const EXECUTABLE = "/usr/bin/chromium";

/** It may not look for anything on the network, and as root it has no sandbox. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Why there is no browser here; undefined: there is one. */
export const NO_BROWSER = Deno.env.get("MGMT_NO_BROWSER") || undefined;

/** Starts one; it goes with what `test` does. */
export async function inBrowser(test: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
  try {
    await test(browser);
  } finally {
    await browser.close();
  }
}
