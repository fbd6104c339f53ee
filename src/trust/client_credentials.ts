import type { TlsCredentials } from "../base/credentials.ts";
import type { CertifiedKey } from "./pem.ts";
import { SERVER_NAME } from "./profiles.ts";

/** What a client shows that has it from no files of its own; `believed`: authorities, PEM. */
export function clientCredentials({ cert, key }: CertifiedKey, believed: string): TlsCredentials {
  const pem = (text: string) => ({ path: "", text });
  return { ca: pem(believed), cert: pem(cert), key: pem(key), serverName: SERVER_NAME };
}
