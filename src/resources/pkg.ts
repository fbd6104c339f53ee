import { minLength, string } from "zod/mini";
import { failure } from "../base/result.ts";
import { defineKind } from "../kind/kind.ts";

const UNAVAILABLE = "pkg is not available in this version; the resource is read but not managed";

interface PkgFields {
  readonly state?: string;
}

interface PkgParams {
  readonly name: string;
  readonly state: string;
}

/** A package of the host's distribution. This version reads and validates it, no more. */
export default defineKind<PkgFields, PkgParams, never, undefined>({
  kind: "pkg",
  summary: "a package of the distribution (read and validated only in this version)",
  fields: {
    state: {
      type: string().check(minLength(1)),
      typeText: "installed | uninstalled | newest | a version",
      summary: "whether, and in which version, the package is there",
      defaultText: "installed",
    },
  },
  examples: [`graph: pkg
resources:
  pkg:
  - name: powertop
    state: installed
`],
  resolve: ({ state }, { name }) => ({ name, state: state ?? "installed" }),
  identity: ({ name }) => name,
  ties: ({ name, state }) => ({
    provides: [`package:${name}`],
    removes: state === "uninstalled",
  }),
  memory: () => undefined,
  check: () => failure(UNAVAILABLE, { final: true }),
  apply: () => failure(UNAVAILABLE, { final: true }),
  heals: true,
  preview: "full",
  unavailable: UNAVAILABLE,
});
