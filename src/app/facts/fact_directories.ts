/** Where people put labels and facts of their own. */
export const FACT_DIRECTORIES = { labels: "/etc/mgmt/labels.d", own: "/etc/mgmt/facts.d" };
