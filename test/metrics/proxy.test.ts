import { proxyMetrics } from '../../src/metrics/proxy';
import { families } from '../../src/metrics/table';
import { proxyRows, type ProxyReadings } from '../../src/metrics/table/proxy';

const READINGS: ProxyReadings = {
  isReady: true,
  endpoints: { known: 3, available: 2 },
  requests: { answered: 10, unanswered: 4, refused: 5, underWay: 6 },
  memberFailures: 7,
  files: { open: 20, limit: 1024 },
  certificates: [{ listener: 'client', secondsLeft: 60 }],
  revocations: [],
};

test('each number is under its name, and those of the process are there', async () => {
  const text = await proxyMetrics(READINGS);
  const lines = text.split('\n').filter((line) => /^(cairn|etcd|process_(open|max))_/.test(line));
  expect(lines).toEqual([
    'cairn_proxy_ready 1',
    'cairn_proxy_endpoints{state="available"} 2',
    'cairn_proxy_endpoints{state="failed"} 1',
    'cairn_proxy_member_failures_total 7',
    'cairn_proxy_requests_total{outcome="answered"} 10',
    'cairn_proxy_requests_total{outcome="unanswered"} 4',
    'cairn_proxy_requests_total{outcome="refused"} 5',
    'cairn_proxy_requests_under_way 6',
    'etcd_tls_certificate_expiry_seconds{listener="client"} 60',
    'process_open_fds 20',
    'process_max_fds 1024',
  ]);
  expect(text).toMatch(/^process_cpu_seconds_total \S+$/m);
});

test('what a proxy shares with a member has the same words', () => {
  const rows = new Map(families.flatMap((family) => family.rows.map((row) => [row.name, row.help] as const)));
  const shared = proxyRows.filter(({ name }) => !name.startsWith('cairn_proxy_'));
  expect(shared).toHaveLength(4);
  for (const { name, help } of shared) expect(rows.get(name)).toBe(help);
});
