/** Chance that is the same for the same seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 1013904223) >>> 0;
    for (let count = 0; count < 4; count++) this.unit();
  }

  /** From 0 to below 1 (mulberry32). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** A number from `low` to below `high`. */
  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  /** True in `part` of all cases. */
  happens(part: number): boolean {
    return this.unit() < part;
  }

  /** One of them. */
  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  /** Random hexadecimal digits for so many bytes. */
  hex(bytes: number): string {
    return Array.from({ length: bytes }, () => this.below(256).toString(16).padStart(2, "0")).join(
      "",
    );
  }
}
