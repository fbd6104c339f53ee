import { createHash } from "node:crypto";

/** What a content security policy calls a script or style that is written into a page (CSP 3, 2.3.1). */
export function policyHash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
