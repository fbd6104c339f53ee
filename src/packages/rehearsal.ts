import type { PackageProvider } from "./packages.ts";

/**
 * The same package manager for whoever only wants to know how it would go: what is fulfilled with it has
 * been simulated. It fetches no lists.
 */
export function rehearsalOf(provider: PackageProvider): PackageProvider {
  return {
    name: provider.name,
    look: (...question) => provider.look(...question),
    change: async (changes) => await provider.foresee?.(changes),
    watch: (changed) => provider.watch(changed),
  };
}
