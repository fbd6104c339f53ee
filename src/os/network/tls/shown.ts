import { onAbort } from "../../../base/either.ts";
import type { Endpoint } from "../network.ts";
import { openUncheckedSocket } from "./socket.ts";

/**
 * The certificate that is shown at an address (DER), by whomever; undefined: none before the signal. It proves
 * nothing: it is for saying who seems to be there.
 */
export function certificateShown(
  place: Pick<Endpoint, "host" | "port">,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const socket = openUncheckedSocket(place);
    const end = (shown?: Uint8Array) => {
      letGo();
      socket.destroy();
      resolve(shown);
    };
    const letGo = onAbort(signal, () => end());
    socket.on("secureConnect", () => {
      const raw: unknown = Reflect.get(socket.getPeerCertificate(), "raw");
      end(raw instanceof Uint8Array ? new Uint8Array(raw) : undefined);
    });
    socket.on("error", () => end());
    socket.on("close", () => end());
  });
}
