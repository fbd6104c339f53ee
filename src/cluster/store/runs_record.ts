import * as z from "zod/mini";

/** The last moment that ECMAScript has, so that whoever reads one may make a date of it. */
const LAST_MS = 8.64e15;
const VERSION_MOST = 100;

const amount = z.int().check(z.nonnegative());

/** How the resources of a host are, in `status/HOST`; for people only, and older programs do not say. */
export const runs = z.object({
  converged: z.boolean(),
  failed: amount,
  held: amount,
  /** In milliseconds since 1970 by the host's own clock. */
  since: z.number().check(z.nonnegative(), z.lte(LAST_MS)),
  version: z.string().check(z.maxLength(VERSION_MOST)),
});

/** The same as a type. */
export type RunsRecord = z.infer<typeof runs>;
