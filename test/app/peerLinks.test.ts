import type { Logger } from 'pino';
import { Recorders } from '../../src/metrics/recorders';
import { PeerLinks } from '../../src/app/peerLinks';
import { QUEUE_BYTES_MAX } from '../../src/peer/context';
import type { PeerNetworkOptions } from '../../src/peer/types';
import { LogRecorder } from '../peer/harness';

const made: PeerNetworkOptions[] = [];

jest.mock('../../src/peer/network', () => ({
  PeerNetwork: jest.fn((options: PeerNetworkOptions) => {
    made.push(options);
  }),
}));

test.each([
  ['what there is memory for', 3_000_000, 3_000_000],
  ['the usual', undefined, QUEUE_BYTES_MAX],
])('%s may wait for one other member', (_, given, expected) => {
  made.length = 0;
  const logger = new LogRecorder() as unknown as Logger;
  const links = new PeerLinks(logger, 1000, new Recorders(Date.now), () => undefined, [], given);
  links.connect({ id: 'a', clusterId: 'c', peerSide: {} } as never);
  expect(made.map(({ queueBytesMax }) => queueBytesMax)).toEqual([expected]);
});
