/** Things that are named to people once each; a stranger may make as many as he likes. */
const MOST = 20;

/** Says something of each thing, once, and not of endlessly many. */
export class Naming {
  readonly #warn: (text: string) => void;
  readonly #named = new Set<string>();
  readonly #rest: string;

  /** `rest`: what is said instead of naming any more. */
  constructor(warn: (text: string) => void, rest: string) {
    this.#warn = warn;
    this.#rest = rest;
  }

  /** Says `text` of that thing, unless something was said of it before. */
  name(thing: string, text: string): void {
    if (this.#named.size > MOST || this.#named.has(thing)) return;
    this.#named.add(thing);
    this.#warn(this.#named.size > MOST ? this.#rest : text);
  }
}
