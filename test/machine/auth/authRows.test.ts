import fc from 'fast-check';
import { AuthRows } from '../../../src/machine/auth/authRows';
import { AuthState } from '../../../src/machine/auth/authState';
import type { AuthChange } from '../../../src/machine/auth/change';
import { byteString } from '../../../src/bytes/byteStrings';
import { DecodeError } from '../../../src/machine/bytes';
import type { Row } from '../../../src/machine/rows';
import { change, hashOf } from './arbitrary';

class Stored {
  readonly auth = new AuthState();
  readonly rows = new AuthRows(this.auth);
  readonly table = new Map<string, string>();
  index = 0;

  apply(asked: AuthChange): void {
    this.auth.apply(asked, () => ++this.index);
  }

  /** Stores what changed, as a member does. */
  store(): void {
    const rows: Row[] = [];
    this.rows.take(rows);
    for (const { table, key, value } of rows) {
      expect(table).toBe('meta');
      if (value === undefined) this.table.delete(key);
      else this.table.set(key, String(value));
    }
  }

  loaded(): Stored {
    const loaded = new Stored();
    for (const [key, value] of [...this.table].sort(([a], [b]) => (a < b ? -1 : 1))) {
      loaded.rows.load(key, value);
      loaded.table.set(key, value);
    }
    return loaded;
  }
}

const everything = ({ auth }: Stored): unknown => ({
  settings: auth.settings,
  users: auth.users,
  roles: auth.roles.map(({ name, permissions }) => ({ name, permissions })),
});

it('whatever happened, rows bring it back, the digest and the size too, however often they were taken', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(change, fc.boolean()), { maxLength: 40 }), (steps) => {
      const [often, seldom] = [new Stored(), new Stored()];
      for (const [asked, takes] of steps) {
        often.apply(asked);
        seldom.apply(asked);
        if (takes) often.store();
      }
      expect(often.rows.digest()).toBe(seldom.rows.digest());
      often.store();
      seldom.store();
      expect(new Map([...often.table].sort())).toEqual(new Map([...seldom.table].sort()));
      const loaded = often.loaded();
      expect(everything(loaded)).toEqual(everything(often));
      expect(loaded.rows.digest()).toBe(often.rows.digest());
      expect(loaded.rows.bytes).toBe(often.rows.bytes);
      const again: Row[] = [];
      loaded.rows.take(again);
      expect(again).toEqual([]);
    }),
  );
});

it('a different password, role or pattern is a different digest', () => {
  const steps: readonly AuthChange[] = [
    { type: 'createUser', user: 'root', passwordHash: hashOf(1), roles: null },
    { type: 'createUser', user: 'root', passwordHash: hashOf(2), roles: null },
    { type: 'createUser', user: 'root', passwordHash: hashOf(1), roles: ['r'] },
    { type: 'createUser', user: 'ann', passwordHash: hashOf(1), roles: null },
    { type: 'createRole', role: 'r', permissions: { read: null, write: null } },
    { type: 'createRole', role: 'r', permissions: { read: [], write: null } },
    { type: 'createRole', role: 'r', permissions: { read: ['/a'], write: null } },
  ];
  const digests = steps.map((step) => {
    const stored = new Stored();
    expect(stored.rows.digest()).toBe('');
    expect(stored.rows.bytes).toBe(0);
    stored.apply(step);
    return stored.rows.digest();
  });
  expect(new Set(digests).size).toBe(steps.length);
});

it('a row that is none is refused', () => {
  const stored = new Stored();
  stored.apply({ type: 'createUser', user: 'é', passwordHash: hashOf(1), roles: ['r'] });
  stored.apply({ type: 'createRole', role: 'r', permissions: { read: ['/a'], write: null } });
  stored.store();
  const user = stored.table.get(`u${byteString('é')}`)!;
  const [role, settings] = [stored.table.get('rr')!, stored.table.get('s')!];
  const bad: readonly (readonly [string, string])[] = [
    ['', user],
    ['x', user],
    ['u', user],
    ['ua/b', user],
    // UTF-8 that is none.
    ['u\xe9', user],
    ['sx', settings],
    ['rroot', role],
    ['ua', `\x02${user.slice(1)}`],
    ['ua', user.slice(0, -1)],
    ['ua', `${user}x`],
    ['ua', user.replace('$2a$', '$3a$')],
    ['rr', role.slice(0, -1)],
    ['s', settings.slice(0, 3)],
  ];
  for (const [key, value] of bad) expect(() => new Stored().rows.load(key, value)).toThrow(DecodeError);
  for (const [key, value] of stored.table) expect(() => new Stored().rows.load(key, value)).not.toThrow();
});
