/** Randomness, for all who need it. */
export interface Random {
  /** `byteCount` random bytes as lower-case hexadecimal digits. */
  hex(byteCount: number): string;
  /** A non-negative integer below `limit`. */
  below(limit: number): number;
}
