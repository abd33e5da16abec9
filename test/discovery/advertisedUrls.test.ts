import { tellAdvertisedUrls, type AdvertisedOptions } from '../../src/discovery/advertisedUrls';
import { until } from '../cluster/waiting';
import { environment, type Said } from './joiner';

const SELF = { id: 'a1', name: 'a', peerURLs: ['http://a:1'], clientURLs: ['http://a:2379'] };
const OTHER = { id: 'b2', name: 'b', peerURLs: ['http://b:1'], clientURLs: ['http://b:2379', 'http://c:2379'] };

interface Scene extends Said {
  readonly asked: (string | undefined)[];
  noted: readonly string[] | undefined;
  readonly options: AdvertisedOptions;
}

function scene(
  noted: readonly string[] | undefined,
  peerURLs: readonly string[],
  rest: Partial<AdvertisedOptions> = {},
): Scene {
  const said = environment();
  const made: Scene = {
    ...said,
    asked: [],
    noted,
    options: {
      memberId: SELF.id,
      peerURLs,
      notes: {
        read: () => Promise.resolve(made.noted),
        write: (urls) => {
          made.noted = urls;
          return Promise.resolve();
        },
      },
      members: () => [SELF, OTHER],
      update: (server) => {
        made.asked.push(server?.url);
        return Promise.resolve();
      },
      environment: said.environment,
      ...rest,
    },
  };
  return made;
}

it('the first start only notes what it advertises, and so does one with the same URLs in another order', async () => {
  const first = scene(undefined, ['http://b:1', 'http://a:1']);
  await tellAdvertisedUrls(first.options);
  expect([first.asked, first.noted]).toEqual([[], ['http://a:1', 'http://b:1']]);
  const same = scene(first.noted, ['http://a:1', 'http://b:1']);
  await tellAdvertisedUrls(same.options);
  expect(same.asked).toEqual([]);
});

it('a change is told through another member, and noted only then', async () => {
  const moved = scene(['http://a:1'], ['http://a:9']);
  await tellAdvertisedUrls(moved.options);
  expect([moved.asked, moved.noted]).toEqual([['http://b:2379'], ['http://a:9']]);
  expect(moved.lines.at(-1)).toBe('the cluster knows the new peer URLs of this member');
});

it('another one is asked when one cannot, until one can', async () => {
  const asked: (string | undefined)[] = [];
  const moved = scene(['http://a:1'], ['http://a:9'], {
    update: (server) => {
      asked.push(server?.url);
      return asked.length < 3 ? Promise.reject(new Error('no leader')) : Promise.resolve();
    },
  });
  await tellAdvertisedUrls(moved.options);
  expect(asked).toEqual(['http://b:2379', 'http://c:2379', 'http://b:2379']);
  expect(moved.lines.join('\n')).toContain('could not be told to the cluster (no leader); trying again');
});

it('a member alone tells itself', async () => {
  const alone = scene(['http://a:1'], ['http://a:9'], { members: () => [SELF] });
  await tellAdvertisedUrls(alone.options);
  expect(alone.asked).toEqual([undefined]);
});

it('when it is asked to stop it ends, and the next start tries again', async () => {
  let tries = 0;
  const moved = scene(['http://a:1'], ['http://a:9'], {
    update: () => {
      tries += 1;
      return Promise.reject(new Error('no leader'));
    },
  });
  const told = tellAdvertisedUrls(moved.options);
  await until('it was tried', 60_000, () => tries > 0);
  moved.stop.abort(new Error('stopped'));
  await told;
  expect(moved.noted).toEqual(['http://a:1']);
});
