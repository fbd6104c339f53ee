import type { InputReading, InputSource, JsonValue } from "../../base/input.ts";
import type { ProgramSources } from "./program_inputs.ts";

const NO_AGENT: InputReading = { isKnown: false, why: "there is no agent that would see it" };

/** What is said of a host that has no part in a cluster, of which nobody knows anything, and of no time. */
export function alone(): ProgramSources {
  const always = (reading: (path: readonly string[]) => InputReading): InputSource => ({
    read: reading,
    watch: () => () => {},
  });
  const known = (value: JsonValue | undefined) => ({ isKnown: true, value }) as const;
  return {
    host: always(() => ({ isKnown: false, why: "nobody says which host it is" })),
    fleet: always(([, ...path]) => known(path.length <= 1 ? {} : undefined)),
    elected: always(() => known(false)),
    time: always(([what]) => known(what === "every" ? 0 : false)),
    output: always(() => NO_AGENT),
    probe: always(() => NO_AGENT),
  };
}
