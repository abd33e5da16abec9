import { Serving, type Role, type Service } from '../../src/app/serving';
import type { Server } from '../../src/app/serverParts';
import { StopTimeoutError } from '../../src/app/stopInOrder';

const STOPPED = new Error('the process is asked to stop');

/** What happened, in order. */
let events: string[];
beforeEach(() => {
  events = [];
});

interface FakeService extends Service {
  /** Of its last start: lets it succeed. */
  started(): void;
  failed(error: Error): void;
  stopped(error?: Error): void;
}

/** Starts and stops when it is told to. Like the real ones, its start rejects at once when it is told to stop. */
function service(role: Role): FakeService {
  let settle: { resolve: (server: Server) => void; reject: (error: unknown) => void } | undefined;
  let stop: { resolve: () => void; reject: (error: Error) => void } | undefined;
  return {
    role,
    start: (stopping) => {
      events.push(`${role} starts`);
      stopping.addEventListener('abort', () => {
        events.push(`${role} is told to stop`);
        settle?.reject(stopping.reason);
      });
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
      });
    },
    started: () => {
      settle?.resolve({
        stop: () => {
          events.push(`${role} stops`);
          return new Promise((resolve, reject) => {
            stop = { resolve, reject };
          });
        },
      });
      settle = undefined;
    },
    failed: (error) => settle?.reject(error),
    stopped: (error) => (error === undefined ? stop?.resolve() : stop?.reject(error)),
  };
}

/** Long enough for every promise that is settled. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function servingMember() {
  const serving = new Serving();
  const member = service('member');
  const proxy = service('proxy');
  const turn = serving.turnTo(member);
  await settled();
  member.started();
  await turn;
  events.length = 0;
  return { serving, member, proxy };
}

test('it serves nothing until the first start is done', async () => {
  const serving = new Serving();
  const member = service('member');
  const turn = serving.turnTo(member);
  await settled();
  expect([events, serving.role]).toEqual([['member starts'], undefined]);
  member.started();
  await turn;
  expect(serving.role).toBe('member');
});

test('from member to proxy and back, each is stopped before the other is started', async () => {
  const { serving, member, proxy } = await servingMember();
  const there = serving.turnTo(proxy);
  await settled();
  expect([events, serving.role]).toEqual([['member is told to stop', 'member stops'], undefined]);
  member.stopped();
  await settled();
  expect(events.slice(2)).toEqual(['proxy starts']);
  proxy.started();
  await there;
  expect(serving.role).toBe('proxy');

  const back = serving.turnTo(member);
  await settled();
  proxy.stopped();
  await settled();
  member.started();
  await back;
  expect(serving.role).toBe('member');
  expect(events.slice(3)).toEqual(['proxy is told to stop', 'proxy stops', 'member starts']);
});

test('what is served already is left alone', async () => {
  const { serving } = await servingMember();
  await serving.turnTo(service('member'));
  expect(events).toEqual([]);
});

test('turns that are asked for at once are taken one after the other', async () => {
  const { serving, member, proxy } = await servingMember();
  const turns = [serving.turnTo(proxy), serving.turnTo(member)];
  await settled();
  member.stopped();
  await settled();
  expect(events.at(-1)).toBe('proxy starts');
  proxy.started();
  await settled();
  proxy.stopped();
  await settled();
  member.started();
  await Promise.all(turns);
  expect(serving.role).toBe('member');
});

test('after a start that failed nothing is served, and another may follow', async () => {
  const { serving, member, proxy } = await servingMember();
  const turn = serving.turnTo(proxy);
  await settled();
  member.stopped();
  await settled();
  proxy.failed(new Error('the port is taken'));
  await expect(turn).rejects.toThrow('the port is taken');
  expect([serving.role, serving.wasStopped]).toEqual([undefined, false]);
  const back = serving.turnTo(member);
  await settled();
  member.started();
  await back;
  expect(serving.role).toBe('member');
});

test('beside what could not be stopped nothing is started, now or later', async () => {
  const { serving, member, proxy } = await servingMember();
  const turn = serving.turnTo(proxy);
  await settled();
  member.stopped(new Error('the disk hangs'));
  await expect(turn).rejects.toThrow('the disk hangs');
  await expect(serving.turnTo(proxy)).rejects.toThrow('the disk hangs');
  expect(events).toEqual(['member is told to stop', 'member stops']);
});

describe('the process is asked to stop', () => {
  test('before anything is served', async () => {
    const serving = new Serving();
    await serving.stop(STOPPED);
    await expect(serving.turnTo(service('member'))).rejects.toBe(STOPPED);
    expect(events).toEqual([]);
  });

  test('while the first one starts', async () => {
    const serving = new Serving();
    const turn = serving.turnTo(service('member'));
    await settled();
    await Promise.all([serving.stop(STOPPED), expect(turn).rejects.toBe(STOPPED)]);
    expect(events).toEqual(['member starts', 'member is told to stop']);
  });

  test('while the first one starts, and it does so all the same', async () => {
    const serving = new Serving();
    const member = service('member');
    const turn = serving.turnTo(member);
    await settled();
    member.started();
    const stop = serving.stop(STOPPED);
    await turn;
    await settled();
    expect(events.at(-1)).toBe('member stops');
    member.stopped();
    await stop;
  });

  test('while the first one fails: that is what is told', async () => {
    const serving = new Serving();
    const member = service('member');
    const turn = serving.turnTo(member);
    await settled();
    member.failed(new Error('the port is taken'));
    await Promise.all([
      expect(serving.stop(STOPPED)).rejects.toThrow('the port is taken'),
      expect(turn).rejects.toThrow('the port is taken'),
    ]);
  });

  test('while it serves, twice: it is stopped once', async () => {
    const { serving, member } = await servingMember();
    const stops = [serving.stop(STOPPED), serving.stop(new Error('again'))];
    await settled();
    member.stopped();
    await Promise.all(stops);
    expect(events).toEqual(['member is told to stop', 'member stops']);
  });

  test('while one makes way for the other: the other is not started', async () => {
    const { serving, member, proxy } = await servingMember();
    const turn = serving.turnTo(proxy);
    await settled();
    const stop = serving.stop(STOPPED);
    member.stopped();
    await Promise.all([stop, expect(turn).rejects.toBe(STOPPED)]);
    expect(events).toEqual(['member is told to stop', 'member stops']);
  });

  test('while the other starts', async () => {
    const { serving, member, proxy } = await servingMember();
    const turn = serving.turnTo(proxy);
    await settled();
    member.stopped();
    await settled();
    await Promise.all([serving.stop(STOPPED), expect(turn).rejects.toBe(STOPPED)]);
    expect(events.slice(2)).toEqual(['proxy starts', 'proxy is told to stop']);
  });

  test('and it cannot be stopped: that is told', async () => {
    const { serving, member } = await servingMember();
    const stop = serving.stop(STOPPED);
    await settled();
    member.stopped(new Error('the disk hangs'));
    await expect(stop).rejects.toThrow('the disk hangs');
  });
});

test('a start that does not end, as on a disk that hangs, holds up the stop no longer than its limit', async () => {
  const limits: number[] = [];
  let late = (): void => undefined;
  const clock = {
    after: (delayMs: number, run: () => void) => {
      limits.push(delayMs);
      late = run;
      return () => undefined;
    },
  };
  const serving = new Serving(clock);
  serving.turnTo({ role: 'member', start: () => new Promise(() => undefined) }).catch(() => undefined);
  await settled();
  const stopped = serving.stop(STOPPED);
  late();
  await expect(stopped).rejects.toBeInstanceOf(StopTimeoutError);
  await expect(stopped).rejects.toThrow('it was still starting');
  expect(limits).toEqual([15_000]);
});
