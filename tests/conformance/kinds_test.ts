import { conform, harmlessKinds } from "../support/conformance.ts";

conform(harmlessKinds);
