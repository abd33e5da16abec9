/** How the member and its cluster are: the members, and charts since the page was opened. */
import type { StatsPoller } from '../io/statsPoller';
import { bytesText, countText, millisecondsText } from '../model/durations';
import { Chart } from './Chart';
import { MemberTable } from './MemberTable';

export function StatsPage({ stats }: { readonly stats: StatsPoller }) {
  const { points, members, problem, isHealthy, hasLeader } = stats;
  const values = points.at(-1)?.values;
  const shown = (value: number | null | undefined) => (typeof value === 'number' ? countText(value) : '–');
  return (
    <div class="stats">
      {problem !== '' && (
        <p class="notice" role="alert">
          {problem}
        </p>
      )}
      <section aria-label="Members">
        <h2>Members</h2>
        <MemberTable members={members} isHealthy={isHealthy} hasLeader={hasLeader} />
        <p>
          Term {shown(values?.term)}, index {shown(values?.index)} as this member has applied it.
        </p>
      </section>
      <section class="charts" aria-label="Charts of this member">
        <Chart
          title="Key requests a second"
          points={points}
          text={countText}
          lines={[
            { name: 'requests', label: 'asked' },
            { name: 'failures', label: 'failed' },
          ]}
        />
        <Chart
          title="Latency of key requests"
          points={points}
          text={millisecondsText}
          lines={[
            { name: 'latencyMedian', label: 'median' },
            { name: 'latency99', label: '99 %' },
          ]}
        />
        <Chart
          title="Raft entries a second"
          points={points}
          text={countText}
          lines={[
            { name: 'committed', label: 'committed' },
            { name: 'applied', label: 'applied' },
          ]}
        />
        <Chart title="Term" points={points} text={countText} lines={[{ name: 'term', label: 'term' }]} />
        <Chart
          title="Lag of the slowest follower (leader only)"
          points={points}
          text={countText}
          lines={[{ name: 'lag', label: 'entries' }]}
        />
        <Chart
          title="Watchers and connections"
          points={points}
          text={countText}
          lines={[
            { name: 'watchers', label: 'watchers' },
            { name: 'connections', label: 'connections' },
          ]}
        />
        <Chart
          title="Memory"
          points={points}
          text={bytesText}
          lines={[
            { name: 'resident', label: 'process' },
            { name: 'store', label: 'store' },
          ]}
        />
        <Chart title="Data directory" points={points} text={bytesText} lines={[{ name: 'disk', label: 'size' }]} />
        <Chart
          title="Synced writes to disk"
          points={points}
          text={millisecondsText}
          lines={[{ name: 'fsync99', label: '99 %' }]}
        />
      </section>
    </div>
  );
}
