/** What a real process writes of another member: its name beside its id, once the cluster knows it. */
import { stablePort } from '../support/ports';
import { ServerProcess } from '../support/serverProcess';
import { until } from '../cluster/waiting';
import { fetchText } from '../support/exchange';

const LIMIT_MS = 60_000;

interface Line {
  readonly msg: string;
  readonly peer?: string;
  readonly name?: string;
}

test('a member that is lost is named', async () => {
  const places = await Promise.all(
    ['one', 'two'].map(async (name) => ({ name, clientPort: await stablePort(), peerPort: await stablePort() })),
  );
  const initialCluster = places.map(({ name, peerPort }) => `${name}=http://127.0.0.1:${peerPort}`).join(',');
  const [one, two] = await Promise.all(
    places.map((place) => ServerProcess.start('cairn', { ...place, initialCluster })),
  );
  if (one === undefined || two === undefined) throw new Error('two were started');
  try {
    await until('both are known by name', LIMIT_MS, async () => {
      const { body } = await fetchText(one.clientPort, 'GET', '/v2/members');
      return places.every(({ name }) => body.includes(`"name":"${name}"`));
    });
    await two.kill();
    const lost = (): Line | undefined =>
      one
        .logs()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Line)
        .find(({ msg }) => msg.startsWith('lost the TCP streaming connection'));
    await until('the loss is in the log', LIMIT_MS, lost);
    expect(lost()).toMatchObject({ name: 'two', peer: expect.stringMatching(/^[0-9a-f]+$/) as string });
  } finally {
    await Promise.all([one.remove(), two.remove()]);
  }
});
