/**
 * Holds a resource, or lets go of it: where the page may change anything.
 *
 * @module
 */

import { Component, h, type JSX } from "preact";
import { tell } from "../agent_api.ts";

const HOUR_MS = 3_600_000;
const TIMES: readonly (readonly [string, number])[] = [
  ["1 hour", HOUR_MS],
  ["4 hours", 4 * HOUR_MS],
  ["1 day", 24 * HOUR_MS],
  ["7 days", 7 * 24 * HOUR_MS],
];

/** Which resource, and who is told when that is another. */
interface HoldFormProps {
  readonly id: string;
  readonly isHeld: boolean;
  readonly isLive: boolean;
  readonly changed: () => void;
}

interface HoldFormState {
  readonly isBusy: boolean;
  readonly failure: string | undefined;
}

/** The form. */
export class HoldForm extends Component<HoldFormProps, HoldFormState> {
  override state: HoldFormState = { isBusy: false, failure: undefined };

  override render(): JSX.Element {
    const { isHeld, isLive } = this.props;
    const { isBusy, failure } = this.state;
    const disabled = isBusy || !isLive;
    return h(
      "section",
      { class: "hold", "aria-label": "Hold" },
      isHeld
        ? h(
          "button",
          { type: "button", disabled, onClick: () => void this.#tell("release", {}) },
          "Release",
        )
        : h(
          "details",
          null,
          h("summary", null, "Hold it"),
          h(
            "form",
            { onSubmit: (event: SubmitEvent) => this.#hold(event) },
            h("p", { class: "quiet" }, "It is watched and not put right, until then."),
            h(
              "label",
              null,
              "Why",
              h("input", { name: "reason", maxLength: 200, autocomplete: "off" }),
            ),
            h(
              "label",
              null,
              "For",
              h(
                "select",
                { name: "forMs" },
                TIMES.map(([text, ms]) => h("option", { value: `${ms}` }, text)),
              ),
            ),
            h("button", { type: "submit", disabled }, "Hold"),
          ),
        ),
      h("p", { role: "alert" }, failure ?? ""),
    );
  }

  #hold(event: SubmitEvent): void {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    void this.#tell("hold", {
      reason: `${given.get("reason")}`,
      forMs: Number(given.get("forMs")),
    });
  }

  async #tell(what: "hold" | "release", given: object): Promise<void> {
    this.setState({ isBusy: true, failure: undefined });
    const told = await tell(what, { resources: [this.props.id], ...given });
    this.setState({ isBusy: false, failure: told.ok ? undefined : told.failure.message });
    this.props.changed();
  }
}
