/**
 * The secrets of a run: nothing is loaded before a graph uses one.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { Reporter } from "../../report/event.ts";
import type { SecretNames } from "../../secrets/beside.ts";
import type { OpenSecrets, OpenSecretsOptions } from "./open_secrets.ts";
import { SecretPaths } from "./secret_paths.ts";

/** What the secrets of a run need. */
interface SecretsPartOptions extends OpenSecretsOptions {
  /** Where state is kept, absolute; undefined: nothing is kept, and nothing changed. */
  readonly prefix: string | undefined;
  readonly reporter: Pick<Reporter, "event">;
}

/** Puts the values of secrets into graphs, for the engine alone. */
export class SecretsPart {
  readonly #options: SecretsPartOptions;
  readonly #paths: SecretPaths;
  #open: OpenSecrets | undefined;
  #isClosed = false;
  #warned = false;

  constructor(options: SecretsPartOptions) {
    this.#options = options;
    this.#paths = new SecretPaths(options.earlier);
  }

  /** The graph, once the values of what it uses are known; `directory`: where it is written. */
  async know(graph: Graph<Resource>, directory: string): Promise<Graph<Resource>> {
    const names = new Set<string>();
    for (const { secrets } of graph.vertices.values()) {
      for (const name of secrets?.names ?? []) names.add(name);
    }
    const earlier = this.#paths.known();
    if (names.size === 0 && this.#open === undefined && earlier.size === 0) return graph;
    const { besideSecrets, secretPathsOf } = await import("../../secrets/beside.ts");
    const resources = [...graph.vertices.values()];
    const now = secretPathsOf(resources);
    // Before anything is written there.
    this.#keep(now);
    const beside = besideSecrets(resources, now, earlier);
    if (this.#open === undefined) {
      const { openSecrets } = await import("./open_secrets.ts");
      this.#open = await openSecrets(this.#options, directory);
      if (this.#isClosed) this.#open.close();
    }
    const before = [...earlier.values()].flatMap((each) => [...each]);
    return await this.#open.know(graph, { names, beside, before: new Set(before) });
  }

  #keep(now: SecretNames): void {
    const { prefix, reporter } = this.#options;
    if (prefix === undefined) return;
    const kept = this.#paths.add(now);
    if (kept.ok || this.#warned) return;
    this.#warned = true;
    const text =
      "which files have secrets cannot be written down, so that a later change may show " +
      `what is in them: ${kept.failure.message}`;
    reporter.event({ type: "warning", text });
  }

  /** The resource as its kind is to see it, or why it cannot be. */
  filled(resource: Resource): Result<Resource> {
    return this.#open?.filled(resource) ?? ok(resource);
  }

  /** Lines of a difference of any resource, without the values that the graph uses. */
  shown(lines: readonly string[]): readonly string[] {
    return this.#open?.shown(lines) ?? lines;
  }

  close(): void {
    this.#isClosed = true;
    this.#open?.close();
  }
}
