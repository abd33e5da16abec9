/** A standby shows whether it is one, and how long its certificates last, in the words of a member. */
import { exposeRow } from '../../src/metrics/exposition';
import { standbyMetrics } from '../../src/metrics/standby';
import { families } from '../../src/metrics/table';
import { readings } from './readings';

const ends = { certificates: [{ listener: 'peer', secondsLeft: 60 }], revocations: [] };

test('what is 0 at a member is 1 here', () => {
  expect(standbyMetrics({ certificates: [], revocations: [] })).toMatch(
    /^# HELP cairn_standby .+\.\n# TYPE cairn_standby gauge\ncairn_standby 1\n$/,
  );
  const row = families.flatMap(({ rows }) => rows).find(({ name }) => name === 'cairn_standby')!;
  expect(exposeRow(row, readings())).toContain('\ncairn_standby 0\n');
});

test('certificates that end are seen here too', () => {
  expect(standbyMetrics(ends)).toContain('\netcd_tls_certificate_expiry_seconds{listener="peer"} 60\n');
  expect(standbyMetrics(ends)).not.toContain('etcd_tls_revocations_expiry_seconds');
});
