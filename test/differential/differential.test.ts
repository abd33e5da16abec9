import { whyMissing } from '../support/serverProcess';
import { Pair } from './pair';
import { findDifferences } from './run';

/** The short form; scripts/differential.js plays as many sequences as wanted. DIFFERENTIAL_SEED starts elsewhere. */
const PLAN = { firstSeed: Number(process.env['DIFFERENTIAL_SEED'] ?? '1'), seeds: 10, stepsPerSeed: 60 };

const missing = whyMissing('etcd');
if (missing !== undefined) console.log(`Cairn is not compared with etcd: ${missing}`);

(missing === undefined ? test : test.skip)(
  'Cairn and etcd give the same answers to the same random requests',
  async () => {
    const pair = await Pair.start('cairn');
    try {
      const reports = await findDifferences(pair, PLAN, () => undefined);
      expect(reports.join('\n\n')).toBe('');
    } finally {
      await pair.remove();
    }
  },
);
