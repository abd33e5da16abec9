/** From a living etcd to Cairn: nothing is lost, and no index goes back. */
import { whyMissing } from '../../support/serverProcess';
import { migrationSuite } from './migration';

const missing = whyMissing('etcd');
if (missing === undefined) describe('from etcd', () => void migrationSuite('etcd'));
else test.skip(`from etcd (skipped: ${missing})`, () => undefined);
