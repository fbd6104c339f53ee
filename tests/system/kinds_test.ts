import { conform, hostKinds } from "../support/conformance.ts";

conform(hostKinds);
