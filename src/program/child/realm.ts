/**
 * Takes away what a program must not depend on: time, chance, the network, the machine, the locale, and what other
 * evaluations could leave behind. What is left is frozen.
 *
 * @module
 */

import { secretTextOf } from "./secrets.ts";

const NEVER = { done: true, value: undefined } as const;

/** What is taken away and says so. */
const NOT_THERE: Readonly<Record<string, readonly string[]>> = {
  "the time of day": ["Date", "performance", "Temporal"],
  "time that passes": [
    ...["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval"],
    ...["queueMicrotask"],
  ],
  "randomness": ["crypto", "Crypto", "CryptoKey", "SubtleCrypto"],
  "the network": [
    "fetch",
    "Request",
    "Response",
    "Headers",
    "WebSocket",
    "EventSource",
    "XMLHttpRequest",
  ],
  "the machine": ["Deno", "process", "Worker", "navigator", "location", "localStorage", "require"],
  "code that is made of text": ["eval", "Function", "WebAssembly"],
  "what the garbage collector does": ["WeakRef", "FinalizationRegistry", "gc"],
  "memory that is shared": ["Atomics", "SharedArrayBuffer"],
  "the locale": ["Intl"],
};

/** What is left, of all that a global object has. */
const LEFT = new Set([
  ..."globalThis Infinity NaN undefined Object Array Number Boolean String Symbol BigInt".split(
    " ",
  ),
  ..."RegExp Math JSON Map Set WeakMap WeakSet Promise Proxy Reflect Iterator".split(" "),
  ..."Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError".split(" "),
  ..."URIError ArrayBuffer DataView Uint8Array Int8Array Uint16Array Int16Array".split(" "),
  ..."Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray".split(" "),
  ..."Float16Array Float32Array Float64Array parseInt parseFloat isNaN isFinite".split(" "),
  ..."decodeURI decodeURIComponent encodeURI encodeURIComponent".split(" "),
  ..."TextEncoder TextDecoder URL URLSearchParams atob btoa structuredClone console".split(" "),
]);

/** Methods that ask for the locale or the time zone. */
const OF_LOCALE = ["toLocaleString", "toLocaleUpperCase", "toLocaleLowerCase", "localeCompare"];

const WHY = "the same inputs must always give the same graph";

type ByName = Record<PropertyKey, unknown>;

/** Makes the realm pure; `note` hears what is written to the console. */
export function purify(note: (text: string) => void): void {
  const functions = [
    () => {},
    async () => {},
    function* () {},
    async function* () {},
  ].map((each) => Object.getPrototypeOf(each) as object);
  const overridable = [Object, Error, Function].map((each) => each.prototype as object);
  takeGlobals();
  for (const prototype of functions) {
    Object.defineProperty(prototype, "constructor", {
      value: refusing("code that is made of text"),
    });
  }
  for (const { prototype } of [Object, Array, String, Number, BigInt, Uint8Array]) {
    takeLocale(prototype);
    takeLocale(Object.getPrototypeOf(prototype));
  }
  Object.defineProperty(Math, "random", { value: refusing("randomness") });
  Object.defineProperty(globalThis, "console", { value: notingConsole(note) });
  overridable.forEach(letOverride);
  const seen = new Set<unknown>();
  freezeAll(globalThis, seen);
  functions.forEach((each) => freezeAll(each, seen));
  const iterators = [[], new Map(), new Set()].map((each) => each.values() as Iterator<unknown>);
  const helpers = [[].values().map((each) => each), Iterator.from({ next: () => NEVER })];
  for (const each of [...iterators, ...helpers, "".matchAll(/x/g)]) {
    freezeAll(Object.getPrototypeOf(each), seen);
  }
}

function takeGlobals(): void {
  // The runtime asks for it when nobody waits for a promise that failed.
  const dispatchEvent = globalThis.dispatchEvent.bind(globalThis);
  for (const key of Reflect.ownKeys(globalThis)) {
    if (typeof key === "string" && LEFT.has(key)) continue;
    if (typeof key === "symbol" && key !== Symbol.toStringTag) continue;
    Reflect.deleteProperty(globalThis, key);
  }
  for (let at: object | null = Object.getPrototypeOf(globalThis); at !== null;) {
    if (at !== Object.prototype) {
      for (const key of Reflect.ownKeys(at)) Reflect.deleteProperty(at, key);
    }
    at = Object.getPrototypeOf(at);
  }
  Object.defineProperty(globalThis, "dispatchEvent", { value: dispatchEvent });
  for (const [what, names] of Object.entries(NOT_THERE)) {
    for (const name of names) {
      const refuse = refusing(what, name);
      // Flags of the runtime bring some that stay; they are functions.
      const stays = Object.getOwnPropertyDescriptor(globalThis, name)?.configurable === false;
      const refusal = stays ? { value: refuse } : { get: refuse, set: refuse, configurable: true };
      Object.defineProperty(globalThis, name, refusal);
    }
  }
}

function refusing(what: string, name?: string): () => never {
  const whose = name === undefined ? what : `${name} (${what})`;
  return () => {
    throw new TypeError(`${whose} is not there in a program: ${WHY}`);
  };
}

function takeLocale(prototype: object | null): void {
  if (prototype === null) return;
  for (const name of OF_LOCALE) {
    if (!Object.hasOwn(prototype, name)) continue;
    Object.defineProperty(prototype, name, { value: refusing("the locale", name) });
  }
}

function notingConsole(note: (text: string) => void): object {
  const log = (...given: readonly unknown[]) => note(given.map(shown).join(" "));
  const names = ["log", "info", "warn", "error", "debug", "trace", "dir"];
  return Object.fromEntries(names.map((name) => [name, log]));
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    if (typeof value !== "object" || value === null) return String(value);
    return secretTextOf(value)?.text ?? JSON.stringify(value, inside);
  } catch {
    return "…";
  }
}

/** What JSON has no word for, as it has others. */
function inside(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return typeof value === "bigint" || typeof value === "function" ? String(value) : value;
}

/**
 * What inherits from something frozen cannot be given a property of the same name by an assignment (`this.name = …`
 * in a class of errors), unless that is an accessor.
 */
function letOverride(prototype: object): void {
  for (const key of Reflect.ownKeys(prototype)) {
    const { value, writable, configurable } = Object.getOwnPropertyDescriptor(prototype, key)!;
    if (!writable || !configurable) continue;
    Object.defineProperty(prototype, key, {
      get: () => value,
      set(this: unknown, own: unknown) {
        if (this === prototype) throw new TypeError(`${String(key)} cannot be changed here`);
        Object.defineProperty(this, key, {
          value: own,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      },
    });
  }
}

/** Freezes a value and all that it leads to. */
function freezeAll(first: unknown, seen: Set<unknown>): void {
  const waiting = [first];
  for (
    let value = waiting.pop();
    waiting.length > 0 || value !== undefined;
    value = waiting.pop()
  ) {
    const isObject = typeof value === "object" ? value !== null : typeof value === "function";
    if (!isObject || seen.has(value)) continue;
    seen.add(value);
    const inside = value as ByName;
    // Views of memory cannot be frozen.
    if (!ArrayBuffer.isView(value)) tryToFreeze(inside);
    waiting.push(Object.getPrototypeOf(inside));
    for (const key of Reflect.ownKeys(inside)) {
      const { value: held, get, set } = Object.getOwnPropertyDescriptor(inside, key)!;
      waiting.push(held, get, set);
    }
  }
}

function tryToFreeze(value: object): void {
  try {
    Object.freeze(value);
  } catch {
    // The runtime keeps a few of its own from that.
  }
}
