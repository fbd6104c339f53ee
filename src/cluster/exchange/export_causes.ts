/**
 * The cause of each export's last change, beside what is stored of it: for those who collect it and
 * ask why. It is written with a change, and never by itself.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { ExportCause } from "../../kind/export.ts";

/** What follows a value's own fields where there is a cause, and nothing else; older agents write a number, too. */
const CAUSE = /^,"cause":\{(?:"entry":\d{1,16},)?"text":"(?:[^"\\]|\\.)*"\}\}$/;

/** Adds causes to the values of one host. */
export class ExportCauses {
  readonly #now: () => ExportCause | undefined;
  #known = new Map<string, { readonly plain: string; readonly body: string }>();

  /** `now`: why what changes now changes; undefined: that is not told. */
  constructor(now: () => ExportCause | undefined) {
    this.#now = now;
  }

  /** The values with their causes; what has not changed stays as it is there, by `there` or an earlier call. */
  bodies(
    plain: ReadonlyMap<string, string>,
    there: (key: string) => string | undefined,
  ): ReadonlyMap<string, string> {
    const known = new Map<string, { readonly plain: string; readonly body: string }>();
    for (const [key, value] of plain) {
      const before = this.#known.get(key);
      const body = before?.plain === value ? before.body : this.#body(value, there(key));
      known.set(key, { plain: value, body });
    }
    this.#known = known;
    return new Map([...known].map(([key, { body }]) => [key, body]));
  }

  #body(plain: string, there: string | undefined): string {
    const start = plain.slice(0, -1);
    if (there?.startsWith(start) && CAUSE.test(there.slice(start.length))) return there;
    const cause = there === plain ? undefined : this.#now();
    if (cause === undefined) return plain;
    const short = { text: cause.text.slice(0, LIMITS.exportCauseLength) };
    const body = `${start},"cause":${JSON.stringify(short)}}`;
    return body.length <= LIMITS.exportedBytes ? body : plain;
  }
}
