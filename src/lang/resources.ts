/**
 * The pass over resources.
 *
 * @module
 */

import { hasSecret, holdsSecret } from "../base/secret_token.ts";
import { LIMITS } from "../base/limits.ts";
import { nearest } from "../base/nearest.ts";
import type { AnyKind, FieldIssue, Registry } from "../kind/kind.ts";
import { metaMistakes } from "./meta_mistakes.ts";
import { META_DEFAULTS, META_FIELDS } from "../kind/meta.ts";
import type { Export } from "../kind/export.ts";
import { keyOf } from "../kind/resource.ts";
import type { Resource } from "../kind/resource.ts";
import { describeValue, isMap, isNothing, shown } from "./describe.ts";
import type { FieldMistake } from "./field_issues.ts";
import { ExportSizes, offerOf, sensitiveOffer } from "./exports.ts";
import { type FieldRules, readFields } from "./fields.ts";
import { isMadeSensitive, misplacedSecret, secretUse } from "./secrets.ts";
import type { WrittenNumbers } from "./document.ts";
import type { KnownResources } from "./known_resources.ts";
import type { Mistakes } from "./mistakes.ts";
import type { Path } from "./path.ts";
import { readMeta } from "./read_meta.ts";
import { readList } from "./top.ts";
import { resourceOf, unknownKind } from "./unknown_kind.ts";
import { asTexts } from "./values/as_texts.ts";
import { asWritten, writtenFields } from "./written.ts";

/** A resource that a file speaks of, be it right or wrong. */
export interface WrittenResource {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
  /** Meant for other hosts, and none of this graph's vertices. */
  readonly exported: boolean;
}

/** What the pass gives to the next ones. */
export interface ReadResources {
  readonly vertices: ReadonlyMap<string, Resource>;
  /** By key. */
  readonly written: ReadonlyMap<string, WrittenResource>;
  /** What other hosts may have. */
  readonly offers: readonly Export[];
}

/** What the pass needs. */
export interface ResourceScope {
  readonly registry: Registry;
  /** The directory of the graph file, absolute. */
  readonly directory: string;
  readonly mistakes: Mistakes;
  /** How numbers are written. */
  readonly written?: WrittenNumbers | undefined;
  /** Texts of numbers and truth values that stand for a value. */
  readonly texts?: WrittenNumbers | undefined;
  /** What came of entries that are the same objects as before. */
  readonly known?: KnownResources | undefined;
}

/** How the name of an exported resource begins. */
const EXPORT_MARK = "@@";

const COMMON_KEYS = ["name", "meta"];

const EXPORTED_SECRET = {
  message: "what is exported cannot hold a secret: all hosts of the cluster could read it",
  hint: "bring the secret to each host by itself, and use it in a resource of its own graph",
};

/** Reads all resources, kind by kind in the order of the file. */
export function readResources(
  resources: Readonly<Record<string, unknown>>,
  scope: ResourceScope,
): ReadResources {
  const vertices = new Map<string, Resource>();
  const written = new Map<string, WrittenResource>();
  const offers: Export[] = [];
  const sizes = new ExportSizes();
  for (const kindName of Object.keys(resources)) {
    const kind = scope.registry.get(kindName);
    if (kind === undefined) {
      reportUnknownKind(kindName, scope);
      continue;
    }
    const reader = new KindReader(kind, scope, vertices, written, offers, sizes);
    reader.readAll(readList(resources[kindName], ["resources", kindName], scope.mistakes));
  }
  return { vertices, written, offers };
}

function reportUnknownKind(kind: string, { registry, mistakes }: ResourceScope): void {
  const { message, hint } = unknownKind(kind, registry);
  mistakes.error(["resources", kind], message, { part: "key", hint });
}

/** Reads the resources of one kind. */
class KindReader {
  readonly #kind: AnyKind;
  readonly #scope: ResourceScope;
  readonly #vertices: Map<string, Resource>;
  readonly #written: Map<string, WrittenResource>;
  readonly #offers: Export[];
  readonly #sizes: ExportSizes;
  readonly #byIdentity = new Map<string, WrittenResource>();
  readonly #rules;
  readonly #writtenFields: readonly string[];
  /** The last that something was said of. */
  #warnedAt: Path | undefined;

  constructor(
    kind: AnyKind,
    scope: ResourceScope,
    vertices: Map<string, Resource>,
    written: Map<string, WrittenResource>,
    offers: Export[],
    sizes: ExportSizes,
  ) {
    this.#kind = kind;
    this.#scope = scope;
    this.#vertices = vertices;
    this.#written = written;
    this.#offers = offers;
    this.#sizes = sizes;
    this.#rules = rulesOf(kind);
    this.#writtenFields = writtenFields(kind.fields);
  }

  readAll(entries: readonly unknown[]): void {
    const { known, directory } = this.#scope;
    for (let index = 0; index < entries.length; index++) {
      const [raw, path] = [entries[index], ["resources", this.#kind.kind, index]];
      const before = known?.of(raw, this.#kind, directory);
      if (before === undefined) this.#read(raw, path);
      else this.#readAgain(before, path);
    }
    this.#reportUnavailable(entries.length);
  }

  /** Keeps what came of an entry, where it is nothing for others and nothing was said of it. */
  #keep(raw: object, resource: Resource, path: Path): void {
    if (this.#kind.shared || this.#warnedAt === path) return;
    this.#scope.known?.keep(raw, resource, this.#scope.directory);
  }

  #readAgain(resource: Resource, path: Path): void {
    const { key, name, params } = resource;
    const written = this.#note(name, key, path);
    if (written === undefined || !this.#isAlone(params, key, written)) return;
    this.#vertices.set(key, resource);
  }

  #read(raw: unknown, path: Path): void {
    const { mistakes } = this.#scope;
    if (!isMap(raw)) {
      const message = `${resourceOf(this.#kind.kind)} must be a map, not ${describeValue(raw)}`;
      mistakes.error(path, message, { hint: "write its fields, beginning with - name: …" });
      return;
    }
    const entry = asTexts(
      asWritten(raw, this.#writtenFields, this.#scope.written),
      this.#kind.fields,
      { texts: this.#scope.texts, holder: raw },
    );
    const errorsBefore = mistakes.errors;
    const name = this.#readName(entry, path);
    const key = keyOf(this.#kind.kind, name ?? "?");
    const report = (mistake: FieldMistake) => {
      mistakes.error([...path, ...mistake.path], `${key}: ${mistake.message}`, mistake);
    };
    const hasSecrets = holdsSecret(entry);
    const rules = hasSecrets ? { ...this.#rules, hasSecrets } : this.#rules;
    const fields = readFields(entry, rules, report);
    const meta = readMeta(entry.meta, this.#scope.texts, report);
    if (meta !== META_DEFAULTS) metaMistakes(meta, this.#kind, hasSecrets).forEach(report);
    if (this.#kind.shared && name?.startsWith(EXPORT_MARK)) {
      const message = `a ${this.#kind.kind} is for other hosts anyway`;
      report({ path: ["name"], message, hint: `leave ${EXPORT_MARK} out` });
    }
    if (name === undefined) return;
    const written = this.#note(name, key, path);
    if (written === undefined || mistakes.errors > errorsBefore) return;
    if (hasSecrets) this.#checkSecrets(fields, written, report);
    const context = {
      name: written.exported ? name.slice(EXPORT_MARK.length) : name,
      directory: this.#scope.directory,
      header: meta.header,
      hasSecrets,
      issue: report,
      doubt: (issue: FieldIssue) => this.#warn(issue, key, path),
    };
    const params = this.#kind.resolve(fields, context);
    if (mistakes.errors > errorsBefore) return;
    if (written.exported) {
      const offer = offerOf(this.#kind.kind, name.slice(EXPORT_MARK.length), entry, meta);
      this.#offer(offer, key, path);
      return;
    }
    if (!this.#isAlone(params, key, written)) return;
    // With noop nothing of it goes out.
    if (this.#kind.shared && !meta.noop) {
      this.#offer(offerOf(this.#kind.kind, name, entry, meta), key, path);
    }
    const resource: Resource = { key, kind: this.#kind, name, params, meta };
    const { name: own, directory, header } = context;
    const secrets = hasSecrets &&
      secretUse(this.#kind, fields, { name: own, directory, header, hasSecrets });
    this.#vertices.set(key, secrets ? { ...resource, secrets } : resource);
    if (!hasSecrets) this.#keep(raw, resource, path);
  }

  /** What is written with a secret in it is sensitive, and is nothing for other hosts. */
  #checkSecrets(
    fields: Record<string, unknown>,
    { exported }: WrittenResource,
    report: (mistake: FieldMistake) => void,
  ): void {
    const [field = "name"] = Object.keys(fields).filter((name) => holdsSecret(fields[name]));
    if (exported) {
      report({ path: [field], ...EXPORTED_SECRET });
    } else if (isMadeSensitive(fields, this.#kind)) {
      if (fields["sensitive"] === false) {
        const message = `it has a secret in ${field}, and so is sensitive`;
        report({ path: ["sensitive"], message, hint: "take sensitive away" });
      }
      fields["sensitive"] = true;
    }
  }

  /** What nobody can take is no mistake of the graph, but whoever wrote it should know. */
  #offer(offer: Export, key: string, path: Path): void {
    this.#offers.push(offer);
    const tooMuch = this.#sizes.problem(offer);
    if (tooMuch !== undefined) this.#warn({ path: [], ...tooMuch }, key, path);
    const issue = this.#kind.offers?.(offer) ?? sensitiveOffer(offer);
    if (issue !== undefined) this.#warn(issue, key, path);
  }

  #warn({ path, message, hint }: FieldIssue, key: string, place: Path): void {
    this.#warnedAt = place;
    const details = { part: "key", ...(hint === undefined ? {} : { hint }) } as const;
    this.#scope.mistakes.warning([...place, ...path], `${key}: ${message}`, details);
  }

  #readName(entry: Readonly<Record<string, unknown>>, path: Path): string | undefined {
    const { mistakes } = this.#scope;
    const name = Object.hasOwn(entry, "name") ? entry.name : undefined;
    const what = resourceOf(this.#kind.kind);
    if (!Object.hasOwn(entry, "name") && this.#isMistyped(entry)) return undefined;
    if (isNothing(name) || name === "" || name === EXPORT_MARK) {
      mistakes.error([...path, "name"], `${what} has no name`, { hint: "add a line name: …" });
      return undefined;
    }
    if (typeof name !== "string") {
      const message = `the name of ${what} must be text, not ${describeValue(name)}`;
      mistakes.error([...path, "name"], message, { quote: typeof name !== "object" });
      return undefined;
    }
    if (name.length > LIMITS.nameLength) {
      const message = `the name of ${what} has ${name.length} characters; ` +
        `at most ${LIMITS.nameLength} are allowed`;
      mistakes.error([...path, "name"], message);
      return undefined;
    }
    if (hasSecret(name)) {
      mistakes.error([...path, "name"], misplacedSecret(`the name of ${what}`).message);
      return undefined;
    }
    if (name.includes("\0")) {
      mistakes.error([...path, "name"], `the name of ${what} contains a NUL character`);
      return undefined;
    }
    return name;
  }

  /** Whether a key that is unknown, and reported as that, was meant to be the name. */
  #isMistyped(entry: Readonly<Record<string, unknown>>): boolean {
    const known = [...COMMON_KEYS, ...Object.keys(this.#kind.fields)];
    return Object.keys(entry).some((key) => nearest(key, known) === "name");
  }

  /** Notes that the file speaks of it, unless it did so before. */
  #note(name: string, key: string, path: Path): WrittenResource | undefined {
    const earlier = this.#written.get(key);
    if (earlier !== undefined) {
      this.#scope.mistakes.error([...path, "name"], `${key} is there twice`, {
        other: { text: "the first is on", path: [...earlier.path, "name"] },
        hint: "names are unique in a kind",
      });
      return undefined;
    }
    const exported = name.startsWith(EXPORT_MARK);
    const written = { kind: this.#kind.kind, name, path, exported };
    this.#written.set(key, written);
    return written;
  }

  /** Reports two resources that would both manage the same thing. */
  #isAlone(params: unknown, key: string, written: WrittenResource): boolean {
    const identity = this.#kind.identity(params);
    const earlier = this.#byIdentity.get(identity);
    if (earlier === undefined) {
      this.#byIdentity.set(identity, written);
      return true;
    }
    const message = `${keyOf(earlier.kind, earlier.name)} and ${key} are for the same ` +
      `${this.#kind.kind}, ${shown(identity)}`;
    this.#scope.mistakes.error([...written.path, "name"], message, {
      other: { text: "the first is on", path: [...earlier.path, "name"] },
      hint: "make one resource of the two",
    });
    return false;
  }

  #reportUnavailable(count: number): void {
    const { unavailable, kind } = this.#kind;
    if (unavailable === undefined || count === 0) return;
    this.#scope.mistakes.warning(["resources", kind], unavailable, { part: "key" });
  }
}

/** How the fields of a kind's resources are read. */
export function rulesOf(kind: AnyKind): FieldRules {
  return {
    schemas: kind.fields,
    others: COMMON_KEYS,
    emptyIsUnset: kind.emptyIsUnset ?? false,
    adviceFor: (key) =>
      kind.otherFields !== undefined && Object.hasOwn(kind.otherFields, key)
        ? kind.otherFields[key]
        : adviceForField(key),
  };
}

/** Words of other tools for a field, and fields that belong one level deeper. */
function adviceForField(key: string): string | undefined {
  if (Object.hasOwn(META_FIELDS, key)) return `write it below meta: meta: {${key}: …}`;
  if (key === "<<") return "merge keys are not part of YAML 1.2; write the fields out";
  if (/^(require|before|after|requires|depends_on|subscribe|notify)$/.test(key)) {
    return "order is said below edges, with from and to";
  }
  return undefined;
}
