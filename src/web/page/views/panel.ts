/**
 * What is known of one resource: how it is, what it should be, why, and what happened to it.
 *
 * @module
 */

import { Component, createRef, h, type JSX } from "preact";
import type { Timer } from "../../../os/clock.ts";
import { printable } from "../../../base/printable.ts";
import { askFor } from "../agent_api.ts";
import type { ShownResource } from "../model/shown.ts";
import type { PageState } from "../model/page_state.ts";
import { type Unread } from "../model/wire.ts";
import { pageClock } from "../page_clock.ts";
import { HoldForm } from "./hold_form.ts";
import {
  neighbours,
  type PanelAnswers,
  pastSection,
  stateSection,
  wantedSections,
  whySection,
} from "./panel_sections.ts";
import { resourceName } from "./resource_name.ts";

/** Entries of the history that are asked for. */
const ENTRIES = 30;
/** After a change the journal is asked when it has had time to be written. */
const SETTLE_MS = 150;

/** What the panel is about. */
interface PanelProps {
  readonly state: PageState;
  readonly id: string;
  readonly resource: ShownResource | undefined;
  readonly mayChange: boolean;
  readonly close: () => void;
  /** Where another resource is shown. */
  readonly linkOf: (key: string) => string;
  readonly changed: () => void;
}

/** The panel. */
export class Panel extends Component<PanelProps, { readonly answers: PanelAnswers }> {
  override state: { readonly answers: PanelAnswers } = { answers: {} };
  readonly #title = createRef<HTMLHeadingElement>();
  #timer: Timer | undefined;

  override componentDidMount(): void {
    this.#title.current?.focus();
    void this.#ask(this.props.id);
  }

  override componentDidUpdate(before: PanelProps): void {
    const { id, resource, state } = this.props;
    if (before.id !== id) {
      this.setState({ answers: {} });
      this.#title.current?.focus();
      void this.#ask(id);
      return;
    }
    if (before.resource === resource || !state.isLive) return;
    this.#timer?.cancel();
    this.#timer = pageClock.after(SETTLE_MS, () => void this.#ask(id));
  }

  override componentWillUnmount(): void {
    this.#timer?.cancel();
  }

  async #ask(key: string): Promise<void> {
    const encoded = encodeURIComponent(key);
    const [resource, why, history] = await Promise.all([
      askFor<Unread>(`resources/${encoded}`),
      askFor<Unread>(`why/${encoded}`),
      askFor<Unread>(`history?limit=${ENTRIES}&resource=${encoded}`),
    ]);
    if (key !== this.props.id) return;
    this.setState(({ answers }) => ({
      answers: {
        ...answers,
        ...(resource.ok ? { resource: resource.value } : {}),
        ...(why.ok ? { why: why.value } : {}),
        ...(history.ok ? { history: history.value } : { silence: history.failure.message }),
      },
    }));
  }

  override render(): JSX.Element {
    const { state, id, resource, close, linkOf, mayChange, changed } = this.props;
    const { answers } = this.state;
    return h(
      "aside",
      { class: "panel", "aria-labelledby": "panel-title" },
      h(
        "div",
        { class: "panel-head" },
        h(
          "h2",
          { id: "panel-title", tabIndex: -1, ref: this.#title },
          resource === undefined ? h("bdi", null, printable(id)) : resourceName(resource, 4096),
        ),
        h("button", { type: "button", class: "plain close", onClick: close }, "Close"),
      ),
      resource === undefined
        ? h("p", { class: "empty" }, "It is not in the graph that is in force.")
        : stateSection(resource, answers, linkOf, state.isStopping),
      mayChange && resource !== undefined &&
        h(HoldForm, { key: id, id, isHeld: isHeld(state, id), changed, isLive: state.isLive }),
      resource !== undefined && wantedSections(answers),
      whySection(answers),
      resource !== undefined && neighbours(state, id, linkOf),
      pastSection(answers),
    );
  }
}

function isHeld({ status }: PageState, id: string): boolean {
  return status?.held.some(({ key }) => key === id || key === "*") ?? false;
}
