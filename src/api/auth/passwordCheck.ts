/** Whether a password is right: from memory if it can be, by bcrypt if need be, and not at all for who guesses too fast. */
import { availableParallelism } from 'node:os';
import { networkOf } from '../../platform/network';
import { FairLanes } from './fairLanes';
import { Guesses } from './guesses';
import { hashOf, isPasswordOf, NOBODYS_HASH } from './passwords';
import { RememberedPasswords } from './rememberedPasswords';

export type Verdict =
  | 'right'
  | 'wrong'
  /** Nothing was checked: too many others are waiting to be. */
  | 'busy'
  /** Nothing was checked: after so many wrong ones the next may be tried in so many milliseconds. */
  | { readonly waitMs: number };

/** The database writes on the same four threads, and the event loop needs a processor too. */
const LANES_MAX = 2;
const WAITING_MAX = 256;
const WAITING_MAX_OF_ONE = 32;

/** What makes a name longer than any user's can be does not get to fill tables. */
const NAME_LENGTH_MAX = 256;

const OF_ONE_NAME = { free: 10, waitMaxMs: 30_000, guessersMax: 20_000 };
/** Many clients may come from one address, and behind that of a guesser others want in. */
const OF_ALL_NAMES = { free: 100, waitMaxMs: 500, guessersMax: 10_000 };

/** The work itself; a test puts in something quicker. */
export interface PasswordWork {
  readonly hashOf: (password: Buffer) => Promise<string>;
  readonly isPasswordOf: (hash: string, password: Buffer) => Promise<boolean>;
}

export class PasswordCheck {
  private readonly remembered = new RememberedPasswords();
  /** What is being checked, by its digest: a hundred connections that begin with the same password are one check. */
  private readonly underWay = new Map<string, Promise<Verdict>>();
  private readonly guessesOfName = new Guesses(OF_ONE_NAME);
  private readonly guessesOfAll = new Guesses(OF_ALL_NAMES);
  private readonly queue = new FairLanes(
    Math.max(1, Math.min(LANES_MAX, availableParallelism() - 1)),
    WAITING_MAX,
    WAITING_MAX_OF_ONE,
  );

  /** @param nowMs of a clock that only goes on */
  constructor(
    private readonly nowMs: () => number,
    private readonly work: PasswordWork = { hashOf, isPasswordOf },
  ) {}

  /**
   * At once, if it is known. A user who is not there takes as long as a wrong password, and is treated the same in all else.
   * The same wrong password again is no further guess.
   *
   * @param hash undefined: there is no such user
   * @param address of the client
   */
  check(name: string, password: Buffer, hash: string | undefined, address: string): Verdict | Promise<Verdict> {
    const digest = this.remembered.digestOf(name, password, hash ?? NOBODYS_HASH);
    const known = this.remembered.isRight(name, digest);
    if (known !== undefined) return known ? 'right' : 'wrong';
    const key = digest.latin1Slice();
    const joined = this.underWay.get(key);
    if (joined !== undefined) return joined;
    const network = networkOf(address);
    const guesser = `${network} ${name.slice(0, NAME_LENGTH_MAX)}`;
    const nowMs = this.nowMs();
    const waitMs = Math.max(this.guessesOfName.waitMs(guesser, nowMs), this.guessesOfAll.waitMs(network, nowMs));
    if (waitMs > 0) return { waitMs };
    const checking = this.queue.run(network, async (): Promise<Verdict> => {
      // While it waited others of the same guesser were found to be wrong.
      const waitMs = this.guessesOfName.waitMs(guesser, this.nowMs());
      if (waitMs > 0) return { waitMs };
      const isRight = (await this.work.isPasswordOf(hash ?? NOBODYS_HASH, password)) && hash !== undefined;
      this.remembered.remember(name, digest, isRight);
      if (isRight) {
        this.guessesOfName.right(guesser);
      } else {
        this.guessesOfName.wrong(guesser, this.nowMs());
        this.guessesOfAll.wrong(network, this.nowMs());
      }
      return isRight ? 'right' : 'wrong';
    });
    if (checking === undefined) return 'busy';
    this.underWay.set(key, checking);
    const done = (): void => {
      this.underWay.delete(key);
    };
    checking.then(done, done);
    return checking;
  }

  /** The hash to keep of a new password; undefined: too much is waiting. */
  hash(password: Buffer, address: string): Promise<string> | undefined {
    return this.queue.run(networkOf(address), () => this.work.hashOf(password));
  }
}
