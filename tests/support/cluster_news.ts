/** News of the cluster as people are told them. */

import type { News } from "../../src/cluster/agent/news.ts";
import type { ClusterFact } from "../../src/report/cluster_event.ts";
import { type ClusterSentence, clusterSentence } from "../../src/report/cluster_text.ts";

/** The sentence for a fact; of a lost contact the part that is known without the time of day. */
export function sentenceOf(news: News | ClusterFact): ClusterSentence | undefined {
  if (news.what !== "contact-lost") return clusterSentence(news);
  return { level: "notice", text: `contact lost for ${news.forMs} ms` };
}

/** Only its text. */
export function textOf(news: News | ClusterFact): string {
  return sentenceOf(news)?.text ?? "";
}

/** The text, where it is a warning. */
export function warningOf(news: News | ClusterFact): string[] {
  const said = sentenceOf(news);
  return said?.level === "warning" ? [said.text] : [];
}
