import type { KindContext } from "../../kind/kind.ts";
import type { Clock } from "../../os/clock.ts";

/** As often as a person reads. */
const PAUSE_MS = 500;

/** Tells how many bytes are done, and of how many where that is known; as often as it is called. */
export function steadyProgress(
  clock: Clock,
  { progress }: Pick<KindContext, "progress">,
): (doing: string, bytes: number, ofBytes: number | undefined) => void {
  let nextMs = clock.nowMs() + PAUSE_MS;
  return (doing, bytes, ofBytes) => {
    const nowMs = clock.nowMs();
    if (nowMs < nextMs) return;
    nextMs = nowMs + PAUSE_MS;
    if (ofBytes === undefined || ofBytes === 0) {
      return progress({ text: `${doing}, ${Math.floor(bytes / 1024 ** 2)} MiB so far` });
    }
    const percent = Math.floor(100 * bytes / ofBytes);
    progress({ text: `${doing}, ${percent} %`, percent });
  };
}
