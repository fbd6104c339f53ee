/**
 * Hashes of texts, at once: for what is small, or too often for a promise each.
 *
 * @module
 */

import { createHmac } from "node:crypto";

/** HMAC-SHA-256 by a secret text, as hexadecimal digits. */
export function hmacSha256(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}
