/** The page of `mgmt web`: begins when it is loaded. */

import { h, render } from "preact";
import { takeKey } from "./agent_api.ts";
import { AgentLink } from "./agent_link.ts";
import { contactWords, newsWords } from "./model/announcer.ts";
import { PageState } from "./model/page_state.ts";
import type { ShownEntry } from "./model/shown.ts";
import { verdict } from "./model/summary.ts";
import { pageClock } from "./page_clock.ts";
import { App } from "./views/app.ts";
import { titleOf } from "./views/head.ts";

/** Words that nobody waits for are said together. */
const SAY_MS = 4000;
/** A page in the background draws nothing, and its title is true all the same. */
const HIDDEN_MS = 500;
/** Ages grow also where nothing happens. */
const AGES_MS = 30_000;

takeKey();
const state = new PageState();
const root = document.getElementById("page")!;
const said = document.getElementById("said")!;
let turn = 0;
let isDue = false;
let contact = state.contact;
let heard: ShownEntry | undefined;

/** Shows the state before the next picture, whatever has happened until then. */
function changed(): void {
  if (isDue) return;
  isDue = true;
  if (document.hidden) pageClock.after(HIDDEN_MS, show);
  else requestAnimationFrame(show);
}

function show(): void {
  isDue = false;
  turn++;
  if (turn === 1) root.replaceChildren();
  render(h(App, { state, turn, refresh: () => link.refresh() }), root);
  document.title = `${state.isLive ? "" : "? "}${verdict(state.counts).text} · ${titleOf(state)}`;
  const words = contactWords(contact, state.contact);
  contact = state.contact;
  if (words !== undefined) said.textContent = words;
}

/** Says what has happened live since it was last said. */
function sayNews(): void {
  const fresh: ShownEntry[] = [];
  for (const entry of state.entries) {
    if (entry.id >= 0 || entry === heard) break;
    fresh.push(entry);
  }
  heard = state.entries[0];
  const words = newsWords(fresh);
  if (words !== undefined) said.textContent = words;
}

function every(periodMs: number, run: () => void): void {
  pageClock.after(periodMs, () => {
    run();
    every(periodMs, run);
  });
}

const link = new AgentLink(state, changed, pageClock);
every(SAY_MS, sayNews);
every(AGES_MS, changed);
await link.stay();
