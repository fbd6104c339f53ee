import type { LocalHost } from "../host/local.ts";
import type { EventSink } from "../report/event.ts";
import type { RunSettings } from "./settings.ts";

/**
 * When the first graph has settled, has it learned who changes what is watched, where this machine and
 * the run's settings allow it.
 */
export function seeAuthors(
  settings: RunSettings,
  host: Pick<LocalHost, "users" | "watcher">,
  reporter: EventSink,
): EventSink {
  let hasBegun = false;
  return {
    event: ({ type }) => {
      if (type !== "settled" || hasBegun) return;
      hasBegun = true;
      void begin(settings, host, reporter);
    },
  };
}

async function begin(
  { who, convergedTimeoutSeconds }: RunSettings,
  { users, watcher }: Pick<LocalHost, "users" | "watcher">,
  reporter: EventSink,
): Promise<void> {
  // A run that watches nothing, or not for long, has nobody to tell of.
  if (who === "off" || convergedTimeoutSeconds >= 0 || !users.isRoot()) return;
  const seen = await watcher.seeAuthors(who === "exec");
  const say = (text: string) =>
    reporter.event({ type: "notice", topic: "Who", text, detail: true });
  if (!seen.ok) say(seen.failure.message);
  else if (who === "exec" && !seen.value.programs) {
    say("programs are not known from their start: the file system of / does not tell");
  }
}
