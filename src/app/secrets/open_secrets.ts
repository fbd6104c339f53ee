/**
 * Where the secrets of a run come from, and what becomes of a graph when one of them changes.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Host } from "../../host/host.ts";
import type { Resource, SecretUse } from "../../kind/resource.ts";
import { ownUid } from "../../os/accounts.ts";
import { environment } from "../../os/environment.ts";
import { wayTo } from "../../os/files/file_way.ts";
import { hostName } from "../../os/host_name.ts";
import { FilledResources } from "../../secrets/filled.ts";
import type { SecretSource } from "../../secrets/source.ts";
import { IDENTITY_NAME, readIdentities } from "../../secrets/identity.ts";
import { AGE_DIRECTORY, ageFiles } from "../../secrets/sources/age_files.ts";
import { secretDirectory } from "../../secrets/sources/directory.ts";
import { SecretStore } from "../../secrets/store.ts";
import { judge, openingsOf, type TrustRule } from "../graph/graph_trust.ts";
import type { RunSettings } from "../settings.ts";
import { defaultSecrets } from "./default_secrets.ts";
import { SecretWatch } from "./secret_watch.ts";

/** What a run has of secrets. */
export interface OpenSecretsOptions {
  readonly settings: Pick<RunSettings, "secrets" | "convergedTimeoutSeconds">;
  readonly host: Pick<Host, "files" | "watcher" | "clock">;
  /** Where state is kept, and so this host's key, if there is any; undefined: nowhere. */
  readonly earlier: string | undefined;
  /** Who may write where secrets are kept. */
  readonly trust: TrustRule;
  /** Called when one that is in use has another value. */
  readonly changed: () => void;
}

/** What a graph has to do with secrets. */
interface GraphSecrets {
  /** Those that it uses. */
  readonly names: ReadonlySet<string>;
  /** Those that are in files of earlier graphs: they are to be hidden as far as they are there. */
  readonly before: ReadonlySet<string>;
  /** By their keys, its resources that change what holds secrets, and have none themselves. */
  readonly beside: ReadonlyMap<string, SecretUse>;
}

/** The sources of a run, and the values that come from them. */
export interface OpenSecrets {
  /** The graph, once the values of the secrets are known. */
  know(graph: Graph<Resource>, secrets: GraphSecrets): Promise<Graph<Resource>>;
  filled(resource: Resource): Result<Resource>;
  /** Lines of a difference without the values of all that is in use. */
  shown(lines: readonly string[]): readonly string[];
  close(): void;
}

/** Opens those of a graph in this directory, and watches them where the run watches. */
export async function openSecrets(
  options: OpenSecretsOptions,
  graphDirectory: string,
): Promise<OpenSecrets> {
  const { settings, host, changed } = options;
  const sources = sourcesOf(options, graphDirectory);
  const store = new SecretStore({ sources, machine: await machineOf(host) });
  const resources = new FilledResources(store);
  const watch = settings.convergedTimeoutSeconds === 0
    ? undefined
    : new SecretWatch(host, { sources, store, changed });
  return {
    know: async (graph, { names, before, beside }) => {
      await store.use(names, before);
      watch?.follow(names);
      return withRevisions(graph, store, beside);
    },
    filled: (resource) => resources.of(resource),
    shown: (lines) => resources.shown(lines),
    close: () => watch?.close(),
  };
}

/** A resource is another one where a secret of its has another value. */
function withRevisions(
  graph: Graph<Resource>,
  store: SecretStore,
  beside: GraphSecrets["beside"],
): Graph<Resource> {
  const vertices = new Map(graph.vertices);
  for (const [key, resource] of graph.vertices) {
    const { secrets } = resource;
    if (secrets === undefined) {
      const use = beside.get(key);
      if (use !== undefined) vertices.set(key, { ...resource, secrets: use });
      continue;
    }
    const revision = store.revisionOf(secrets.names);
    vertices.set(key, { ...resource, secrets: { ...secrets, revision } });
  }
  return { ...graph, vertices };
}

function sourcesOf(
  { settings, host: { files }, trust, earlier }: OpenSecretsOptions,
  graphDirectory: string,
): SecretSource[] {
  const directory = settings.secrets ?? defaultSecrets();
  const parts = { files, ownUid: ownUid() };
  const sources: SecretSource[] = [];
  if (directory !== undefined) {
    sources.push(secretDirectory({
      ...parts,
      path: directory,
      label: directory,
      distrust: () => distrustOf(directory, trust),
    }));
  }
  const credentials = environment("CREDENTIALS_DIRECTORY");
  if (credentials?.startsWith("/")) {
    sources.push(secretDirectory({
      ...parts,
      path: credentials,
      label: "the credentials that systemd gave the service",
      isSystemds: true,
      distrust: () => distrustOf(credentials, trust),
    }));
  }
  const beside = join(graphDirectory, AGE_DIRECTORY);
  const identityPath = earlier === undefined ? undefined : join(earlier, IDENTITY_NAME);
  sources.push(ageFiles({
    directory: beside,
    files,
    identityPath,
    identities: () =>
      identityPath === undefined
        ? Promise.resolve(ok([]))
        : readIdentities(files, identityPath, ownUid()),
    distrust: (path) => distrustOf(beside, trust, path),
  }));
  return sources;
}

/**
 * Who could put other values there could have them written anywhere. Also by hand that is no warning, as
 * it is with graphs: nobody looks at a secret before it is written.
 */
async function distrustOf(
  directory: string,
  trust: TrustRule,
  path = directory,
): Promise<Result<void>> {
  const way = await wayTo(path);
  if (!way.ok) return way;
  const rule = { ...trust, strict: true };
  const distrust = judge(await openingsOf(way.value), rule, directory, "--secrets");
  return distrust === undefined ? ok(undefined) : fail(
    `secrets in ${directory} are not used: ${distrust.message}`,
    { code: "secret-unsafe", hint: distrust.hint },
  );
}

async function machineOf({ files }: Pick<Host, "files">): Promise<string> {
  const seen = await files.look("/etc/machine-id", { contentUpToBytes: 100 });
  const id = seen.ok && seen.value.type === "file" ? seen.value.content : undefined;
  return id === undefined || id.length === 0 ? hostName() : new TextDecoder().decode(id).trim();
}
