/**
 * An agent, `mgmt web`, and a browser that has logged in.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Page } from "playwright-core";
import { inBrowser } from "./browser.ts";
import { control } from "./control.ts";
import { logIn } from "./page_steps.ts";
import { eventually } from "./processes.ts";
import { inDirectory, Program } from "./program.ts";
import { WebProcess } from "./web_process.ts";

/** What a test of the page has. */
export interface WebWorld {
  readonly directory: string;
  readonly prefix: string;
  readonly graph: string;
  readonly web: WebProcess;
  /** The agent, which may be ended, and started again. */
  agent: Program;
  startAgent(): Promise<Program>;
}

/** How it is made. */
export interface WebWorldOptions {
  /** Flags of `mgmt web`. */
  readonly web?: readonly string[];
  /** Flags of the agent. */
  readonly run?: readonly string[];
}

/** With an agent that runs a graph, in which DIRECTORY stands for the test's own, and `mgmt web`. */
export async function withWeb(
  text: string,
  test: (world: WebWorld) => Promise<void>,
  { web: webFlags = [], run = [] }: WebWorldOptions = {},
): Promise<void> {
  await inDirectory(async (directory) => {
    // What others may not enter is not told to readers.
    await Deno.chmod(directory, 0o755);
    const [prefix, graph] = [`${directory}/prefix`, `${directory}/graph.yaml`];
    await Deno.writeTextFile(graph, text.replaceAll("DIRECTORY", directory));
    const startAgent = async () => {
      const agent = new Program(["run", graph, "--prefix", prefix, ...run], { cwd: directory });
      const answers = async () => (await control(prefix, "GET", "/healthz")).status === 200;
      assert(await eventually(answers), `the agent answers nobody:\n${agent.stderr}`);
      return agent;
    };
    const web = new WebProcess(["--prefix", prefix, ...webFlags]);
    const world: WebWorld = {
      ...{ directory, prefix, graph, web },
      agent: await startAgent(),
      startAgent,
    };
    try {
      await test(world);
    } finally {
      await web.end();
      await world.agent.interrupt();
    }
  });
}

/** The same with a browser in which the page is open; what its console says of errors fails the test. */
export async function withPage(
  text: string,
  test: (page: Page, world: WebWorld) => Promise<void>,
  options: WebWorldOptions = {},
): Promise<void> {
  await withWeb(text, (world) =>
    inBrowser(async (browser) => {
      const page = await (await browser.newContext()).newPage();
      page.setDefaultTimeout(60_000);
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        // Refused questions are said there by the browser, and are not the page's mistake.
        if (message.type() === "error" && !/status of \d+/.test(message.text())) {
          errors.push(message.text());
        }
      });
      await logIn(page, await world.web.link());
      await test(page, world);
      assert(errors.length === 0, errors.join("\n"));
    }), options);
}
