/**
 * The page of `mgmt web` in a real browser: how soon a graph is seen, and how soon a change.
 *
 * @module
 */

import { join } from "node:path";
import { inBrowser } from "../../tests/support/browser.ts";
import { logIn } from "../../tests/support/page_steps.ts";
import { WebProcess } from "../../tests/support/web_process.ts";
import { fileGraph, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { pause } from "./processes.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { summarize } from "./statistics.ts";

const FILES = 1000;
const PAUSE_MS = 200;
const LIMIT_MS = 5000;

export const web: Row = { name: "web", measure };

/** In the page: notes when its list and its drawing were first there, and when anything was another last. */
const WATCH = `
  const seen = globalThis.benchSeen = {};
  const look = () => {
    if (document.querySelector(".row")) seen.listMs ??= performance.now();
    if (document.querySelector(".drawing .front")) seen.drawingMs ??= performance.now();
  };
  new MutationObserver(() => requestAnimationFrame(() => {
    look();
    seen.firstAfterMs ??= Date.now();
  })).observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
`;

interface Seen {
  readonly listMs?: number;
  readonly drawingMs?: number;
  readonly firstAfterMs?: number;
}

async function measure(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "web");
  const files = smallFiles(join(directory, "files"), FILES, 20);
  writeFiles(files);
  const subject = new Subject(context.programs, join(directory, "mgmt"), fileGraph(files));
  await using agent = subject.agent();
  await agent.rests();
  const server = new WebProcess(["--prefix", join(directory, "mgmt", "prefix")], {
    program: context.programs.mgmt,
  });
  const [list, drawing, change]: [number[], number[], number[]] = [[], [], []];
  try {
    await inBrowser(async (browser) => {
      let link = await server.link();
      for (let i = 0; i < (context.quick ? 3 : 10); i++) {
        const page = await (await browser.newContext({ bypassCSP: true })).newPage();
        await page.addInitScript(WATCH);
        await logIn(page, link);
        await page.waitForFunction("benchSeen.drawingMs !== undefined");
        const seen = await page.evaluate<Seen>("benchSeen");
        list.push(seen.listMs ?? NaN);
        drawing.push(seen.drawingMs ?? NaN);
        await pause(1000);
        for (const { path } of files.slice(0, context.quick ? 5 : 10)) {
          await page.evaluate("delete benchSeen.firstAfterMs");
          const atMs = Date.now();
          Deno.removeSync(path);
          await page.waitForFunction("benchSeen.firstAfterMs !== undefined", undefined, {
            timeout: LIMIT_MS,
          });
          change.push((await page.evaluate<Seen>("benchSeen")).firstAfterMs! - atMs);
          await pause(PAUSE_MS);
        }
        await page.context().close();
        link = await server.another();
      }
    });
  } finally {
    await server.end();
  }
  return figures(list, drawing, change);
}

function figures(
  list: readonly number[],
  drawing: readonly number[],
  change: readonly number[],
): Figure[] {
  const paint = (what: string, values: readonly number[]): Figure => {
    const { median, max } = summarize(values);
    return {
      what: `page: ${what} of ${FILES} resources after the link is opened`,
      measured: `median ${ms(median)}, worst ${ms(max)}`,
      value: median,
      unit: " ms",
      must: 1000,
      details: values,
    };
  };
  const { median, p99 } = summarize(change);
  return [paint("list", list), paint("drawing", drawing), {
    what: "page: a removed file's repair on the screen",
    measured: `median ${ms(median)}, p99 ${ms(p99)}`,
    value: median,
    unit: " ms",
    must: 150,
    details: change,
  }];
}
