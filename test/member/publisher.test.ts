import type { Command } from '../../src/machine/command';
import { encodeBatch } from '../../src/machine/commandCodec';
import { Machine } from '../../src/machine/machine';
import { Publisher } from '../../src/member/publisher';
import type { MemberSettings } from '../../src/member/settings';
import type { Raft } from '../../src/raft/raft';

interface Scene {
  readonly publisher: Publisher;
  readonly machine: Machine;
  readonly proposed: Command[];
  /** The next proposals fail. */
  refuse: boolean;
}

/** A member whose proposals are applied at once. */
function sceneOf(name: string, members = ['a1', 'b2']): Scene {
  const machine = new Machine(10);
  machine.bootstrap(members.map((id) => ({ id, peerURLs: [`http://${id}:2380`] })));
  const proposed: Command[] = [];
  const settings: MemberSettings = {
    name,
    clientURLs: ['http://a1:2379'],
    version: '2.3.8',
    heartbeatIntervalMs: 100,
    electionTimeoutMs: 1000,
    integrityIntervalMs: 60_000,
    snapshotCount: 1000,
    strictReconfigCheck: true,
  };
  const scene: Omit<Scene, 'publisher'> = { machine, proposed, refuse: false };
  const propose = (command: Command): Promise<unknown> => {
    proposed.push(command);
    if (scene.refuse) return Promise.reject(new Error('no leader'));
    machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: proposed.length, commands: [command] }));
    return Promise.resolve();
  };
  const publisher = new Publisher(settings, { id: 'a1' } as unknown as Raft, { machine }, propose);
  return Object.assign(scene, { publisher });
}

/** As many ticks of a member. */
async function ticks(publisher: Publisher, count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) {
    publisher.check();
    await Promise.resolve();
    await Promise.resolve();
  }
}

test.each(['default', 'é', '名', '🦆'])(
  'a member named %p says so once, and is listed under that name',
  async (name) => {
    const { publisher, machine, proposed } = sceneOf(name);
    await ticks(publisher, 20);
    await publisher.published();
    expect(proposed).toHaveLength(1);
    expect(machine.cluster.find('a1')).toMatchObject({ name, clientURLs: ['http://a1:2379'] });
    const path = `/_etcd/machines/${Buffer.from(name, 'utf8').latin1Slice()}`;
    expect(machine.keySpace.get(path, false, false, 0)).toMatchObject({ ok: true });
  },
);

test('a member whose addition is still on its way says it again until it is one', async () => {
  const { publisher, machine, proposed } = sceneOf('late', ['b2']);
  await ticks(publisher, 3);
  expect(proposed).toHaveLength(3);
  machine.bootstrap([{ id: 'a1', peerURLs: ['http://a1:2380'] }]);
  await ticks(publisher, 3);
  expect(proposed).toHaveLength(4);
});

test('what failed is said again', async () => {
  const scene = sceneOf('a');
  scene.refuse = true;
  await ticks(scene.publisher, 2);
  scene.refuse = false;
  await ticks(scene.publisher, 3);
  expect(scene.proposed).toHaveLength(3);
});

describe('a state that comes in while a publication is under way', () => {
  /** Carries out nothing; answers how the publication ends. */
  function underWay(): Scene & { readonly fail: () => void } {
    const scene = sceneOf('a');
    const { machine, proposed } = scene;
    let fail = (): void => undefined;
    const settings = { name: 'a', clientURLs: ['http://a1:2379'], version: '2.3.8' } as unknown as MemberSettings;
    const propose = (command: Command): Promise<unknown> => {
      proposed.push(command);
      return new Promise((_resolve, reject) => {
        fail = (): void => reject(new Error('unknown'));
      });
    };
    const publisher = new Publisher(settings, { id: 'a1' } as unknown as Raft, { machine }, propose);
    return { ...scene, publisher, fail: () => fail() };
  }

  test('and has it is not told it a second time', async () => {
    const { publisher, machine, proposed, fail } = underWay();
    publisher.check();
    machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 1, commands: proposed }));
    publisher.stateReplaced();
    fail();
    await ticks(publisher, 3);
    await publisher.published();
    expect(proposed).toHaveLength(1);
  });

  test('and has it with the feature level of another program is told again', async () => {
    const { publisher, machine, proposed, fail } = underWay();
    publisher.check();
    const [said] = proposed;
    if (said?.type !== 'publish') throw new Error('it did not publish');
    const commands = [{ ...said, level: said.level - 1 }];
    machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 1, commands }));
    publisher.stateReplaced();
    fail();
    await ticks(publisher, 3);
    expect(proposed).toHaveLength(2);
  });

  test('and does not have it is told again', async () => {
    const { publisher, proposed, fail } = underWay();
    publisher.check();
    publisher.stateReplaced();
    fail();
    await ticks(publisher, 3);
    expect(proposed).toHaveLength(2);
  });
});
