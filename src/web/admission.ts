/**
 * Who may see the page: whoever opened a link that the terminal showed. A link is good once and for a
 * short time; what it is exchanged for is a cookie and a key.
 *
 * @module
 */

import type { Clock } from "../os/clock.ts";
import type { Random } from "../os/random.ts";

/** How long a link is good. */
const LINK_MS = 600_000;
/** How long somebody who logged in may look on. */
export const SESSION_MS = 12 * 3_600_000;
/** Links that are good at the same time, and browsers; the oldest gives way. */
const MOST = { links: 8, sessions: 64 };
const BYTES = 32;

/** What a browser shows. */
export interface WebSession {
  /** In a cookie, which every server at this address gets, whatever its port. */
  readonly cookie: string;
  /** In a header that only the page itself sends. */
  readonly key: string;
}

type WebClock = Pick<Clock, "nowMs" | "wall">;

/**
 * The earlier of both ends it: the monotonic clock stands still while the machine sleeps, and the time of day can be
 * set back.
 */
interface Until {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** Gives out links, and knows who has come by one. */
export class WebAdmission {
  readonly #clock: WebClock;
  readonly #random: Pick<Random, "hex">;
  /** By token, until when. */
  readonly #links = new Map<string, Until>();
  /** By cookie. */
  readonly #sessions = new Map<string, { readonly key: string; readonly until: Until }>();

  constructor(clock: WebClock, random: Pick<Random, "hex">) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A token for a new link; those before it stay good for their time. */
  newToken(): string {
    const token = this.#random.hex(BYTES);
    this.#links.set(token, this.#until(LINK_MS));
    drop(this.#links, MOST.links);
    return token;
  }

  /** Whether a token could be taken back now; it stays as it is. */
  isGood(token: string): boolean {
    const until = this.#links.get(token);
    return until !== undefined && !this.#isOver(until);
  }

  /** Takes a token back for a session; undefined: it was used, is too old, or was never given out. */
  logIn(token: string): WebSession | undefined {
    const isGood = this.isGood(token);
    this.#links.delete(token);
    if (!isGood) return undefined;
    const session = { cookie: this.#random.hex(BYTES), key: this.#random.hex(BYTES) };
    const { cookie, key } = session;
    this.#sessions.set(cookie, { key, until: this.#until(SESSION_MS) });
    drop(this.#sessions, MOST.sessions);
    return session;
  }

  /** Whether somebody with that cookie has logged in. */
  knows(cookie: string | undefined): boolean {
    return this.#session(cookie) !== undefined;
  }

  /** Whether it is the page that asks, and not another server that was shown the cookie. */
  isPage({ cookie, key }: { readonly [Part in keyof WebSession]: string | undefined }): boolean {
    return key !== undefined && this.#session(cookie)?.key === key;
  }

  #session(cookie: string | undefined) {
    if (cookie === undefined) return undefined;
    const found = this.#sessions.get(cookie);
    if (found === undefined || !this.#isOver(found.until)) return found;
    this.#sessions.delete(cookie);
    return undefined;
  }

  #until(spanMs: number): Until {
    return {
      nowMs: this.#clock.nowMs() + spanMs,
      wallMs: this.#clock.wall().getTime() + spanMs,
    };
  }

  #isOver({ nowMs, wallMs }: Until): boolean {
    return this.#clock.nowMs() > nowMs || this.#clock.wall().getTime() > wallMs;
  }
}

function drop(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
