import { conform } from "../support/conformance.ts";
import { harmlessKinds } from "../support/kinds.ts";

conform(harmlessKinds);
