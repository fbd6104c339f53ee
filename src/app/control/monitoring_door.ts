/**
 * The address at which monitoring asks an agent: its metrics, and whether it is well. Whatever is wrong
 * with it, the agent goes on.
 *
 * @module
 */

import { type Address, addressText, hostAndPort } from "../../base/address.ts";
import { type Failure, failure } from "../../base/result.ts";
import type { MonitoredAgent } from "../../control/agent.ts";
import { monitoringOf } from "../../control/server.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import { serveRequest } from "../../os/network/listen/http_service.ts";
import { listen, type OpenListener } from "../../os/network/listen/listener.ts";
import type { EventSink } from "../../report/event.ts";

/** What the door is made of. */
export interface MonitoringDoorOptions {
  readonly address: Address;
  readonly agent: MonitoredAgent;
  readonly clock: Pick<Clock, "after">;
  readonly reporter: EventSink;
  /** Is called after each answer. */
  readonly answered: () => void;
}

/** A few that read at the same time are enough; one that takes nothing is ended. */
const LIMITS = { connectionsMax: 16, connectionMs: 10_000 };

/** The ports that only root can have, unless the host says otherwise. */
const ROOTS_PORTS = 1024;

/** Who has the address may end; where it is none of the host's, it may become one. */
const AGAIN_MS = 60_000;

/** See the module. */
export class MonitoringDoor {
  readonly #options: MonitoringDoorOptions;
  #listener: OpenListener | undefined;
  #timer: Timer | undefined;
  #hasWarned = false;

  constructor(options: MonitoringDoorOptions) {
    this.#options = options;
  }

  /** Listens, now or once it can. */
  open(): void {
    const { address, agent, clock, reporter, answered } = this.#options;
    const answering = monitoringOf(agent);
    const opened = listen(
      { address, ...LIMITS },
      (connection) => serveRequest(connection, answering).finally(answered),
    );
    if (opened.ok) {
      this.#listener = opened.value;
      const text = `can be read at ${addressText(address)}/metrics`;
      reporter.event({
        type: "notice",
        topic: "Metrics",
        text,
        ...(this.#hasWarned ? {} : { detail: true }),
      });
      return;
    }
    if (!this.#hasWarned) {
      const { message, hint } = advised(opened.failure, address);
      const text = `--metrics: ${message}; goes on without, and tries again each minute (${hint})`;
      reporter.event({ type: "warning", text });
      this.#hasWarned = true;
    }
    this.#timer = clock.after(AGAIN_MS, () => this.open());
  }

  /** Ends all that is asked; resolves when the address is free again. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#listener?.close();
  }
}

/** What somebody can do about it. */
function advised(why: Failure, address: Address): Failure & { readonly hint: string } {
  const { host, port } = address;
  const other = hostAndPort({ host, port: port + 1 });
  const hints: Readonly<Record<string, string>> = {
    "address-taken":
      `see who has it: ss -ltnp 'sport = :${port}'; or give another: --metrics ${other}`,
    "address-absent": "see which it has: ip address",
  };
  const hint = hints[why.code ?? ""] ??
    (port < ROOTS_PORTS
      ? `ports below ${ROOTS_PORTS} are root's; give another: --metrics ${
        hostAndPort({ host, port: 9233 })
      }`
      : "give another address");
  return { ...failure(why.message), hint };
}
