import { parseMetrics, quantileBetween, sumOf } from '../../../src/client/metricsText';
import {
  leaderKnown,
  memberRows,
  pointBetween,
  POINTS_MAX,
  withPoint,
  type Point,
} from '../../../src/dashboard/model/readings';

const TEXT = `# HELP a_total What it counts
# TYPE a_total counter
a_total{code="1",To="x\\"y\\\\,}"} 3
a_total{code="2"} 4
h_bucket{le="0.1"} 10
h_bucket{le="0.2"} 20
h_bucket{le="+Inf"} 20
plain 1.5e3
broken{
`;

test('the text format, labels with every escape', () => {
  const metrics = parseMetrics(TEXT);
  expect(sumOf(metrics, 'a_total')).toBe(7);
  expect(metrics.get('a_total')?.[0]?.labels['To']).toBe('x"y\\,}');
  expect(sumOf(metrics, 'plain')).toBe(1500);
  expect(sumOf(metrics, 'broken')).toBeUndefined();
});

test('a quantile is of what happened between the readings', () => {
  const before = parseMetrics('h_bucket{le="0.1"} 10\nh_bucket{le="0.2"} 10\nh_bucket{le="+Inf"} 10\n');
  const after = parseMetrics(TEXT);
  expect(quantileBetween(before, after, 'h', 0.5)).toBeCloseTo(0.15);
  expect(quantileBetween(after, after, 'h', 0.5)).toBeUndefined();
});

test('rates are by the time that passed, and a member that was started again has none', () => {
  const before = { atSeconds: 10, metrics: parseMetrics('etcd_http_received_total{method="GET"} 100\n') };
  const after = {
    atSeconds: 14,
    metrics: parseMetrics('etcd_http_received_total{method="GET"} 120\netcd_raft_term 3\n'),
  };
  expect(pointBetween(before, after)?.values).toMatchObject({ requests: 5, term: 3, lag: null });
  expect(pointBetween(after, { ...before, atSeconds: 16 })?.values.requests).toBeNull();
});

test('between the readings of two members lies nothing that can be drawn', () => {
  const of = (id: string, atSeconds: number) => {
    return {
      atSeconds,
      metrics: parseMetrics(`etcd_server_id{server_id="${id}"} 1\netcd_http_received_total ${atSeconds}\n`),
    };
  };
  expect(pointBetween(of('a', 1), of('b', 900))).toBeUndefined();
  expect(pointBetween(of('b', 900), of('b', 902))?.values.requests).toBe(1);
});

test('half an hour is kept', () => {
  let points: readonly Point[] = [];
  const at = (atSeconds: number): Point => ({ atSeconds, values: {} as Point['values'] });
  for (let second = 0; second <= POINTS_MAX; second++) points = withPoint(points, at(second));
  expect([points.length, points[0]?.atSeconds]).toEqual([POINTS_MAX, 1]);
});

test('members, by name: who leads, who is heard, who lags, and no link that is a script', () => {
  const members = {
    members: [
      { id: 'a', name: 'm1', clientURLs: ['http://127.0.0.1:1'] },
      { id: 'b', name: '', clientURLs: ['javascript:alert(1)'] },
      7,
    ],
  };
  const metrics = parseMetrics(
    'etcd_network_active_peers{Local="a",Remote="b"} 0\netcd_raft_follower_lag_entries{To="b"} 9\n',
  );
  expect(memberRows(members, { id: 'a', leaderInfo: { leader: 'a' } }, metrics)).toEqual([
    { id: 'b', name: 'b', clientUrl: undefined, isHere: false, isLeader: false, isConnected: false, lag: 9 },
    {
      id: 'a',
      name: 'm1',
      clientUrl: 'http://127.0.0.1:1',
      isHere: true,
      isLeader: true,
      isConnected: true,
      lag: undefined,
    },
  ]);
  expect(memberRows(undefined, null, metrics)).toEqual([]);
});

test('members are listed by name, as people count', () => {
  const members = { members: ['m10', 'm2', 'm1'].map((name, at) => ({ id: String(at), name, clientURLs: [] })) };
  expect(memberRows(members, null, parseMetrics('')).map(({ name }) => name)).toEqual(['m1', 'm2', 'm10']);
});

test('whether there is a leader', () => {
  const of = (text: string) => leaderKnown(parseMetrics(text));
  expect([of('etcd_server_has_leader 0\n'), of('etcd_server_has_leader 1\n'), of('')]).toEqual([
    false,
    true,
    undefined,
  ]);
});
