/** Joiners that crash and lose disks at random moments, at a service that fails at random: still one cluster. */
import { ClusterFullError, type Beginning } from '../../src/discovery/beginning';
import { beginFromDiscovery } from '../../src/discovery/discoveryUrl';
import { SeededRandom } from '../simulation/random';
import { FakeService } from './fakeService';
import { FakeNotes, joiner, type Joiner } from './joiner';

const JOINERS = 12;
const SIZE = 5;
const CRASH = new Error('crashed');

const names = Array.from({ length: JOINERS }, (_, number) => `m${number}`);

test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i', async (seed) => {
  const random = new SeededRandom(seed).next;
  const service = await new FakeService().start();
  const url = service.token('t', String(SIZE));
  service.fault = () =>
    random() < 0.1 ? (['drop', 'dropAfter', 'error'] as const)[Math.floor(random() * 3)] : undefined;
  const founded: Beginning[] = [];
  const lost = new Set<string>();
  /** The last run of each, as long as it goes on. */
  const open = new Map<string, Joiner | undefined>(names.map((name) => [name, undefined]));
  const endIfOnlyLostWait = (): void => {
    if ([...open.keys()].every((name) => lost.has(name))) for (const member of open.values()) member?.stop.abort(CRASH);
  };
  const live = async (name: string): Promise<void> => {
    let notes = new FakeNotes();
    for (let run = 0; ; run++) {
      const member = joiner(name, url, notes);
      const crashes = run < 3 && random() < 0.6;
      if (crashes) setTimeout(() => member.stop.abort(CRASH), random() * 60);
      else open.set(name, member);
      endIfOnlyLostWait();
      try {
        founded.push(await beginFromDiscovery(member.options, 'auto'));
        expect(lost).not.toContain(name);
        return;
      } catch (error) {
        if (error instanceof ClusterFullError) return;
        if (error !== CRASH) throw error;
        if (!crashes) return;
      }
      if (random() < 0.3) {
        // What was under way is carried out, or not, before the disk is looked for.
        await new Promise((resolve) => setTimeout(resolve, 30));
        await service.settled();
        if (service.keys.has(`/t/${member.id}`)) lost.add(name);
        notes = new FakeNotes();
      }
    }
  };
  const lives = names.map((name) =>
    live(name).finally(() => {
      open.delete(name);
      endIfOnlyLostWait();
    }),
  );
  await Promise.all(lives);
  await service.stop();
  // Whoever lost a disk in a place among the first waits for the others to run, which they do not here.
  const registered = [...service.keys].filter(([key]) => !key.includes('_config')).map(([, { value }]) => value);
  const first = registered.slice(0, SIZE).map((value) => value.split('=')[0] ?? '');
  expect(founded).toHaveLength(first.filter((name) => !lost.has(name)).length);
  for (const beginning of founded) {
    expect(beginning).toMatchObject({
      kind: 'found',
      founders: first.map((name) => expect.objectContaining({ name })),
    });
  }
});
