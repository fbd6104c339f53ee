/**
 * What the types of programs have besides the kinds: what a program is, what it is given, and references.
 *
 * @module
 */

/** The declarations, as TypeScript. */
export const FIXED_TEXT = `
declare const isProgram: unique symbol;
declare const isCollection: unique symbol;

/** A resource of this graph, as edges take it: what its function returns, or its kind and name. */
export interface Reference<Kind extends KindName = KindName> {
  readonly kind: Kind;
  readonly name: string;
}

/** All that an entry of collect takes, as edges take it. */
export interface Collection {
  readonly [isCollection]: true;
}

/** One end of edges, or many; lists may have lists in them. What is undefined, null or false is none. */
export type Edges = Reference | Collection | undefined | null | false | readonly Edges[];

/** What all resources may say besides the fields of their kind. */
export interface Common {
  /** These are made first. */
  readonly require?: Edges;
  /** This is made before these. */
  readonly before?: Edges;
  /** This is made before these, and they are refreshed where it changed: a service reloads, a command runs. */
  readonly notify?: Edges;
  /** These are made first, and this is refreshed where they changed. */
  readonly subscribe?: Edges;
  /** For other hosts, which take it by collect; nothing is made of it here. */
  readonly export?: boolean | undefined;
  /** How it is handled, whatever its kind. */
  readonly meta?: Meta | undefined;
}

/** A value that JSON can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * A secret as a program has it: its name, and what is to be made of its value, which the agent puts in at the last
 * step. It goes where a field takes Text, also as a part: \`key = \${secret("key")}\`. In a name, a path or an edge it
 * is a mistake.
 */
export interface Secret {
  /** The same in base64. */
  base64(): Secret;
  /** The same without what is blank at its ends, such as a line break. */
  trim(): Secret;
  /** The same as it stands between the quotes of JSON; JSON.stringify has it do so by itself. */
  json(): Secret;
  /** The same as a hash for password_hash. */
  sha512crypt(): Secret;
  /** What stands for it in a longer text. */
  toString(): string;
}

/** Text that may be, or have in it, what only the agent knows. */
export type Text = string | Secret;

/** What a program is given. It is evaluated again when something that it looked at is different. */
export interface Inputs {
  /** This host. */
  readonly host: HostFacts;
  /** The text of a file, relative to the program's own. */
  read(path: string): string;
  /** What a file of YAML, JSON or TOML says, relative to the program's own. */
  // deno-lint-ignore no-explicit-any
  data<Shape = any>(path: string): Shape;
  /** A secret by its name. */
  secret(name: string): Secret;
  /** The other hosts of the cluster. */
  readonly fleet: Fleet;
  /** A number that is another one after each such time: "30s", "10m", "6h", "1d". */
  every(time: string): number;
  /** The time of day. */
  readonly time: {
    /** Whether the time of day on this host is between two, such as "02:00-04:00". */
    within(times: string): boolean;
  };
}

/** What hosts of a cluster let each other know. */
export interface Fleet {
  /** Lets all hosts read a value of this one, as long as the graph says so. */
  share(key: string, value: JsonValue): Reference<"value">;
  /** What hosts share by a name: host to value. */
  // deno-lint-ignore no-explicit-any
  values<Value = any>(key: string): { readonly [host: string]: Value };
  /** The names of the hosts that have all these labels ("role=web" is one), and that are there or not. */
  hosts(choice?: { readonly label?: Labels; readonly live?: boolean }): readonly string[];
  /** Whether this host is one of the number that are elected; only hosts that are among these stand. */
  elect(
    name: string,
    how?: { readonly count?: number; readonly among?: Labels | readonly string[] },
  ): boolean;
}

/** One label as "name=value", or all of a map. */
export type Labels = string | { readonly [name: string]: string };

/** What a module exports by default to be a graph. */
export interface Program {
  readonly [isProgram]: true;
}

/**
 * Makes a graph: \`export default program(({ host }) => { … })\`. Whatever is declared while it runs is in the
 * graph. It must not be async: it decides by what is known, and runs again when that changes.
 */
export function program(
  build: (inputs: Inputs) => void | Edges,
): Program;

declare global {
  interface Console {
    /** A note, which people see where the program is evaluated. */
    log(...data: unknown[]): void;
    /** The same. */
    info(...data: unknown[]): void;
    /** The same. */
    warn(...data: unknown[]): void;
    /** The same. */
    error(...data: unknown[]): void;
    /** The same. */
    debug(...data: unknown[]): void;
  }
  var console: Console;
  function atob(data: string): string;
  function btoa(data: string): string;
  function structuredClone<Value>(value: Value): Value;
}
`;
