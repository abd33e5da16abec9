/** What becomes of the TTL when a key is saved. */
import type { KeyNode } from '../model/answers';
import { typedTtl, type Ttl } from '../model/saving';

interface Props {
  readonly base: KeyNode;
  readonly ttl: Ttl;
  readonly onChange: (ttl: Ttl) => void;
}

export function TtlField({ base, ttl, onChange }: Props) {
  return (
    <div class="ttl-field">
      <label>
        Expiry
        <select
          value={ttl.kind}
          onChange={({ currentTarget: { value } }) => {
            if (value === 'seconds') onChange({ kind: 'seconds', seconds: 60 });
            else onChange({ kind: value === 'keep' ? 'keep' : 'none' });
          }}
        >
          {base.endsAtMs !== undefined && <option value="keep">Keep the time that is left</option>}
          <option value="none">Never</option>
          <option value="seconds">After a number of seconds</option>
        </select>
      </label>
      {ttl.kind === 'seconds' && (
        <label>
          Seconds
          <input
            type="number"
            min={1}
            step={1}
            required
            value={ttl.seconds}
            onInput={({ currentTarget: { value } }) => {
              const seconds = typedTtl(value);
              if (typeof seconds === 'number') onChange({ kind: 'seconds', seconds });
            }}
          />
        </label>
      )}
    </div>
  );
}
