/** All that `cairn doctor` looks at, in the order in which it says it. */
import { clusterRules } from './clusterRules';
import type { ClusterFacts } from './facts';
import type { Rule } from './findings';
import { metricRules } from './metricRules';

export const doctorRules: readonly Rule<ClusterFacts>[] = [...clusterRules, ...metricRules].map(ofThoseThatAnswer);

/** What members tell, which are the rules that ask whether any does, is not said of those that tell nothing. */
function ofThoseThatAnswer(rule: Rule<ClusterFacts>): Rule<ClusterFacts> {
  if (rule.isTold === undefined) return rule;
  const well = (cluster: ClusterFacts): string =>
    cluster.members.every(({ answering }) => answering !== undefined)
      ? rule.well(cluster)
      : `of those that answer: ${rule.well(cluster)}`;
  return { ...rule, well };
}
