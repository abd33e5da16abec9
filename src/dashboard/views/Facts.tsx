/** What is known of a node beside its value. */
import type { KeyNode } from '../model/answers';
import { remainingText } from '../model/durations';
import { useNowMs } from './useChanges';

export function Facts({ node }: { readonly node: KeyNode }) {
  const nowMs = useNowMs();
  return (
    <dl class="facts">
      <div>
        <dt>Created at index</dt>
        <dd>{node.createdIndex}</dd>
      </div>
      <div>
        <dt>Modified at index</dt>
        <dd>{node.modifiedIndex}</dd>
      </div>
      <div>
        <dt>Expires</dt>
        <dd>{node.endsAtMs === undefined ? 'never' : `in ${remainingText(node.endsAtMs, nowMs)}`}</dd>
      </div>
    </dl>
  );
}
