import type { AuthChange, Permissions } from '../../src/machine/auth/change';
import type { Cluster } from './cluster';
import type { SharedKnowledge } from './clients';

const PAUSE_MS = [100, 1500] as const;
const USERS = ['root', 'ann', 'bob'];
const ROLES = ['guest', 'reader', 'writer'];
const PATTERNS = ['/k/*', '/q', '/*'];

/** Somebody who changes users and roles through any member, and checks what is answered. */
export class Administrator {
  running = true;
  idle = true;

  constructor(
    private readonly cluster: Cluster,
    private readonly known: SharedKnowledge,
  ) {}

  start(): void {
    const { scheduler, random, judge } = this.cluster.world;
    scheduler.schedule(random.between(...PAUSE_MS), () => {
      judge.watch('the administrator', this.act());
    });
  }

  private async act(): Promise<void> {
    if (!this.running) return;
    this.idle = false;
    await this.change();
    this.idle = true;
    this.start();
  }

  /** It happened as it was answered, and after everything that was known when it began. */
  private async change(): Promise<void> {
    const { serving, world } = this.cluster;
    if (serving.length === 0) return;
    const { judge, reference, random } = world;
    const floor = this.known.newestIndex;
    const change = this.pick();
    const outcome = await this.cluster.ask(random.pick(serving), (member) => member.proposeAuth(change));
    if (outcome.kind !== 'answer' || !outcome.value.ok) return;
    const { version } = outcome.value;
    judge.check(version > floor, 'writes are ordered in real time', () => {
      return `a change of users and roles was answered at ${version}, ${floor} was known when it began`;
    });
    this.known.newestIndex = Math.max(this.known.newestIndex, version);
    this.known.counts.authChanges++;
    const committed = reference.authTextAt(version);
    judge.check(JSON.stringify(outcome.value) === committed, 'acknowledged writes are never lost', () => {
      return `the administrator was answered ${JSON.stringify(outcome.value)}, but what happened is ${committed}`;
    });
  }

  private pick(): AuthChange {
    const { random } = this.cluster.world;
    const [user, role] = [random.pick(USERS), random.pick(ROLES)];
    const passwordHash = `$2a$10$${String(random.integer(0, 9)).repeat(53)}`;
    const permissions = (): Permissions => ({ read: [random.pick(PATTERNS)], write: null });
    return random.pick<AuthChange>([
      { type: 'createOrUpdateUser', user, passwordHash },
      { type: 'createUser', user, passwordHash, roles: [role] },
      { type: 'updateUser', user, passwordHash: undefined, grant: [role], revoke: [] },
      { type: 'updateUser', user, passwordHash: undefined, grant: [], revoke: [role] },
      { type: 'deleteUser', user },
      { type: 'createRole', role, permissions: permissions() },
      { type: 'updateRole', role, grant: permissions(), revoke: permissions() },
      { type: 'deleteRole', role },
      { type: 'enable' },
      { type: 'disable' },
    ]);
  }
}
