import type { ExchangeNews, TellExchange } from "./news.ts";

/** Things that are named to people once each; a stranger may make as many as he likes. */
const MOST = 20;

/** Says something of each thing, once, and not of endlessly many. */
export class Naming {
  readonly #tell: TellExchange;
  readonly #named = new Set<string>();
  readonly #rest: ExchangeNews;

  /** `rest`: what is said instead of naming any more. */
  constructor(tell: TellExchange, rest: ExchangeNews) {
    this.#tell = tell;
    this.#rest = rest;
  }

  /** Tells `news` of that thing, unless something was said of it before. */
  name(thing: string, news: ExchangeNews): void {
    if (this.#named.size > MOST || this.#named.has(thing)) return;
    this.#named.add(thing);
    this.#tell(this.#named.size > MOST ? this.#rest : news);
  }
}
