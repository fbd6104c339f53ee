import * as z from "zod/mini";

/** How the resources of a host are, in `status/HOST`; for people only, and older programs do not say. */
export const runs = z.object({
  converged: z.boolean(),
  failed: z.number(),
  held: z.number(),
  /** In milliseconds since 1970 by the host's own clock. */
  since: z.number(),
  version: z.string(),
});

/** The same as a type. */
export type RunsRecord = z.infer<typeof runs>;
