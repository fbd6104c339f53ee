/**
 * The page as a whole: which view, which panel, what is looked for.
 *
 * @module
 */

import { Component, h, type JSX } from "preact";
import { askFor } from "../agent_api.ts";
import type { PageState } from "../model/page_state.ts";
import { EVERYTHING, type Filter, fits } from "../model/summary.ts";
import { type Unread } from "../model/wire.ts";
import { pageClock } from "../page_clock.ts";
import { type PagePlace, placeHash, readPlace } from "../place.ts";
import { clusterView } from "./cluster_view.ts";
import { GraphView } from "./graph_view.ts";
import { banners, head } from "./head.ts";
import { Panel } from "./panel.ts";
import { type AskedPlan, plannedOf, planView } from "./plan_view.ts";
import { ResourceList } from "./resource_list.ts";
import { searchBar } from "./search_bar.ts";
import { Timeline } from "./timeline.ts";

/** What the page shows. */
interface AppProps {
  readonly state: PageState;
  /** Another whenever something of the state is. */
  readonly turn: number;
  /** Somebody changed something: it is looked at again. */
  readonly refresh: () => void;
}

interface AppState {
  readonly place: PagePlace;
  readonly filter: Filter;
  readonly plan: AskedPlan | undefined;
}

/** The page. */
export class App extends Component<AppProps, AppState> {
  override state: AppState = {
    place: readPlace(location.hash),
    filter: EVERYTHING,
    plan: undefined,
  };

  override componentDidMount(): void {
    addEventListener("hashchange", this.#goneTo);
    addEventListener("keydown", this.#key);
    if (this.state.place.view === "plan") void this.#plan();
  }

  override componentWillUnmount(): void {
    removeEventListener("hashchange", this.#goneTo);
    removeEventListener("keydown", this.#key);
  }

  readonly #goneTo = (): void => {
    const place = readPlace(location.hash);
    this.setState({ place });
    if (place.view === "plan" && this.state.plan === undefined) void this.#plan();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.state.place.key !== undefined) this.#close();
    if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
    const search = document.getElementById("search");
    if (search === null) return;
    event.preventDefault();
    search.focus();
  };

  /** Where one came from has the focus again. */
  #close(): void {
    const { view, key } = this.state.place;
    location.hash = placeHash({ view, key: undefined });
    const rows = [...document.querySelectorAll<HTMLElement>("[data-key], [data-id]")];
    const from = rows.find(({ dataset }) => dataset["key"] === key || dataset["id"] === key);
    from?.focus();
  }

  async #plan(): Promise<void> {
    const atMs = pageClock.wall().getTime();
    this.setState({ plan: { atMs, answer: undefined } });
    const answer = await askFor<Unread>("plan");
    this.setState({ plan: { atMs, answer } });
  }

  override render(): JSX.Element {
    const { state } = this.props;
    const { place } = this.state;
    const { view, key } = place;
    const isStale = state.contact.is === "lost" || state.contact.is === "over";
    return h(
      "div",
      {
        class: `page at-${view}${isStale ? " is-stale" : ""}${
          key === undefined ? "" : " has-panel"
        }`,
      },
      h("a", { class: "skip", href: "#view", onClick: skip }, "Skip to the view"),
      head(state, place),
      h("div", { role: "status" }, banners(state)),
      h("main", { id: "view", tabIndex: -1 }, this.#view()),
      key !== undefined && h(Panel, {
        state,
        id: key,
        resource: state.resources.get(key),
        mayChange: state.mayChange,
        close: () => this.#close(),
        linkOf: (other) => placeHash({ view, key: other }),
        changed: this.props.refresh,
      }),
    );
  }

  #view(): JSX.Element | JSX.Element[] {
    const { state, turn } = this.props;
    const { place: { view, key } } = this.state;
    const linkOf = (other: string) => placeHash({ view, key: other });
    switch (view) {
      case "timeline":
        return h(Timeline, { state, turn, linkOf });
      case "cluster":
        return clusterView(state);
      default:
        return this.#graphAndSide(linkOf, key);
    }
  }

  /** The graph with what stands beside it: the list, or the plan. */
  #graphAndSide(linkOf: (key: string) => string, selected: string | undefined): JSX.Element[] {
    const { state, turn } = this.props;
    const { place: { view }, filter, plan } = this.state;
    const all = [...state.resources.values()];
    const found = all.filter((resource) => fits(resource, filter));
    const isPlan = view === "plan";
    const planned = new Set(isPlan && plan?.answer?.ok ? concerned(plan.answer.value) : []);
    return [
      h(
        "section",
        { class: "side", key: "side", "aria-label": isPlan ? undefined : "Resources" },
        isPlan ? planView(plan, () => void this.#plan(), linkOf) : [
          h("h2", { class: "unseen" }, "Resources"),
          searchBar(all, filter, found.length, (next) => this.setState({ filter: next })),
          h(ResourceList, {
            ...{ resources: found, total: all.length, view, selected },
            isKnown: state.shape > 0,
          }),
        ],
      ),
      h(GraphView, {
        key: "graph",
        state,
        turn,
        filter: isPlan ? EVERYTHING : filter,
        selected,
        planned,
        select: (key) => void (location.hash = placeHash({ view, key })),
      }),
    ];
  }
}

/** Keys that a plan would do something about. */
function concerned(plan: Unread): string[] {
  return plannedOf(plan).filter(({ outcome, edit }) => outcome !== "ok" || edit !== undefined)
    .map(({ key }) => key);
}

/** What is behind the `#` is a place of the page, and not the id of an element. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("view")?.focus();
}
