/** The key under which JSON says what was not known of its host, and why. */
export const NOT_KNOWN = "notKnown";
