import type { Engine } from "../engine/engine.ts";
import type { LocalHost } from "../host/local.ts";
import type { Recorder } from "../journal/recorder.ts";
import type { EventSink, Reporter } from "../report/event.ts";
import type { RunTotals } from "../report/metrics/totals.ts";
import type { Snapshot } from "../report/state.ts";
import type { GraphInputs } from "./facts/graph_inputs.ts";
import type { TrustRule } from "./graph/graph_trust.ts";
import type { Hooks } from "./hooks/hooks.ts";
import type { ServiceManager } from "./service/service_manager.ts";
import type { RunSettings } from "./settings.ts";

/** What an agent is made of. */
export interface AgentParts {
  readonly settings: RunSettings;
  readonly host: LocalHost;
  readonly reporter: Reporter;
  /** What it reports, folded into how it is. */
  readonly state: { readonly snapshot: Snapshot };
  /** Where the graph is written: an absolute path, or `-`. */
  readonly graphPath: string;
  /** What the graph may ask for. */
  readonly inputs: GraphInputs;
  /** Who may write the graph. */
  readonly trust: TrustRule;
  /** Whether closing the terminal should end the agent. */
  readonly onTerminal: boolean;
  /** Where state is kept, absolute; undefined: nowhere. */
  readonly prefix: string | undefined;
  /** Where to read what earlier runs left; undefined: nowhere. */
  readonly earlier: string | undefined;
  /** Who started the agent as a service; undefined: nobody. */
  readonly manager: ServiceManager | undefined;
  /** Is told whom to ask how things are. */
  readonly engineIs: (engine: Engine) => void;
  /** Commands that are told what happens; undefined: none. */
  readonly hooks: Hooks | undefined;
  /** Where it records what it does; undefined: nowhere. */
  readonly journal: Recorder | undefined;
  /** What it reports, counted. */
  readonly totals: RunTotals;
  /** Has somebody hear what happens, from now on. */
  readonly follow: (sink: EventSink) => void;
  /** Ends the program at once. */
  readonly exitNow: (code: number) => void;
}
