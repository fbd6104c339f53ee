/**
 * The secrets of a run: nothing is loaded before a graph uses one.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { OpenSecrets, OpenSecretsOptions } from "./open_secrets.ts";

/** Puts the values of secrets into graphs, for the engine alone. */
export class SecretsPart {
  readonly #options: OpenSecretsOptions;
  #open: OpenSecrets | undefined;
  #isClosed = false;

  constructor(options: OpenSecretsOptions) {
    this.#options = options;
  }

  /** The graph, once the values of what it uses are known; `directory`: where it is written. */
  async know(graph: Graph<Resource>, directory: string): Promise<Graph<Resource>> {
    const names = new Set<string>();
    for (const { secrets } of graph.vertices.values()) {
      for (const name of secrets?.names ?? []) names.add(name);
    }
    if (names.size === 0 && this.#open === undefined) return graph;
    if (this.#open === undefined) {
      const { openSecrets } = await import("./open_secrets.ts");
      this.#open = await openSecrets(this.#options, directory);
      if (this.#isClosed) this.#open.close();
    }
    return await this.#open.know(graph, names);
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
