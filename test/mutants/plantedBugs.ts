/**
 * One-line bugs in the parts of a member that the simulation sees little of, each with the test that must fail because of it.
 * `npm run mutants` plants them one after the other into a copy of the program; plantedBugs.test.ts keeps the list true.
 */
export interface PlantedBug {
  /** What goes wrong. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly instead: string;
  readonly test: string;
  /** The name of the test in that file. */
  readonly killedBy: string;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'any member’s clock lets keys expire',
    file: 'src/member/expiryClock.ts',
    text: 'this.raft.leader !== this.raft.id',
    instead: 'this.raft.leader === undefined',
    test: 'test/member/expiryClock.test.ts',
    killedBy: 'only a leader’s clock lets keys expire',
  },
  {
    name: 'the number of a run is not synced',
    file: 'src/storage/memberStore.ts',
    text: "[put(RUN_KEY, encodeNumber('run', run))], { sync: true }",
    instead: "[put(RUN_KEY, encodeNumber('run', run))], { sync: false }",
    test: 'test/storage/syncs.test.ts',
    killedBy:
      'what a member has to keep is synced: its beginning, the number of its run, entries and hard state; rows are not',
  },
  {
    name: 'a change of an earlier run acknowledges one of this run',
    file: 'src/member/changes.ts',
    text: 'proposed.origin !== this.origin || proposed.run !== this.run',
    instead: 'proposed.origin !== this.origin',
    test: 'test/member/changes.test.ts',
    killedBy: 'an applied change answers the caller of this member and run, and nobody else',
  },
  {
    name: 'a member with a wrong state stays in service',
    file: 'src/member/integrityCheck.ts',
    text: 'if (latest?.checkpoint !== verdict.checkpoint || latest.digest === verdict.digest) return;',
    instead: 'if (latest !== undefined) return;',
    test: 'test/member/integrityCheck.test.ts',
    killedBy: 'the one whose state is not that of the majority goes out of service, and only that one',
  },
  {
    name: 'a state is taken in while the sweep of an earlier one is under way',
    file: 'src/storage/memberStore.ts',
    text: 'await this.#receiver?.abort();\n    await this.#sweep;',
    instead: 'await this.#receiver?.abort();',
    test: 'test/storage/syncs.test.ts',
    killedBy: 'a state that comes in waits until what is left of an earlier one has been swept away',
  },
  {
    name: 'a generation of rows is drawn again while its sweep is under way',
    file: 'src/storage/memberStore.ts',
    text: 'await this.#sweep;\n    if (this.nextGeneration > LAST_GENERATION)',
    instead: 'this.nextGeneration = this.generation + 1;\n    if (this.nextGeneration > LAST_GENERATION)',
    test: 'test/storage/syncs.test.ts',
    killedBy: 'a state that comes in waits until what is left of an earlier one has been swept away',
  },
  {
    name: 'changes are judged by a list of members that is behind',
    file: 'src/member/proposalAdmission.ts',
    text: 'raft.leader !== raft.id || raft.applied < raft.commit',
    instead: 'raft.leader !== raft.id',
    test: 'test/member/proposalAdmission.test.ts',
    killedBy: 'a change waits until everything before it is applied: it is judged by the members there are then',
  },
  {
    name: 'a member that is behind is sent traffic',
    file: 'src/member/readiness.ts',
    text: 'leader !== undefined && applied >= this.committedAtStart &&',
    instead: 'leader !== undefined &&',
    test: 'test/member/readiness.test.ts',
    killedBy: 'a member is ready once it has a leader, votes, and has applied what was committed when it was started',
  },
  {
    name: 'the log is cut beyond the rows that are stored',
    file: 'src/member/batchWriter.ts',
    text: 'compaction.due(applied, ',
    instead: 'compaction.due(raft.applied, ',
    test: 'test/member/loop.test.ts',
    killedBy: 'the log is cut up to what is stored with its rows, not up to what is applied',
  },
  {
    name: 'all members end where none has a majority',
    file: 'src/member/integrityCheck.ts',
    text: 'if (!verdict.hasMajority) {',
    instead: 'if (verdict.checkpoint === 0) {',
    test: 'test/member/integrityCheck.test.ts',
    killedBy: 'without a majority nobody ends, of two: all say what to do and doubt',
  },
  {
    name: 'a member that stops stores nothing after it has received a state',
    file: 'src/member/loop.ts',
    text: 'if (raft.applied < this.stateOnDisk) return;',
    instead: 'if (raft.applied <= this.stateOnDisk) return;',
    test: 'test/member/loop.test.ts',
    killedBy: 'right at the state it received stores the rows that changed since',
  },
  {
    name: 'the engine is told to sync nothing',
    file: 'src/storage/rocks.ts',
    text: 'writeBatch(this.database, batch.operations, batch.options, done)',
    instead: 'writeBatch(this.database, batch.operations, { sync: false }, done)',
    test: 'test/storage/syncs.test.ts',
    killedBy: 'a batch is synced if and only if it was asked for, in the order of the calls and one at a time',
  },
  {
    name: 'what waits for the disk in one term leaves in the next',
    file: 'src/raft/state.ts',
    text: 'this.persistence.dropWaiting();',
    instead: '',
    test: 'test/raft/following.test.ts',
    killedBy: 'what waits for the leader of an earlier term is never said',
  },
  {
    name: 'auth: what is below a key needs no more than the key',
    file: 'src/machine/auth/access.ts',
    text: 'recursive ? patterns.coversAllBelow(path) : patterns.covers(path)',
    instead: 'patterns.covers(path)',
    test: 'test/machine/auth/access.test.ts',
    killedBy: 'what is below a key needs a pattern with *, for a user',
  },
  {
    name: 'auth: a prefix hides a shorter one that sorts before it',
    file: 'src/machine/auth/patterns.ts',
    text: 'if (last === undefined || !prefix.startsWith(last)) kept.push(prefix);',
    instead: 'kept.push(prefix);',
    test: 'test/machine/auth/patterns.test.ts',
    killedBy: 'many patterns answer as one after the other would',
  },
  {
    name: 'auth: the last user who can switch it off can be deleted',
    file: 'src/machine/auth/authState.ts',
    text: 'if (this.isEnabled && change.user === ROOT)',
    instead: 'if (!this.isEnabled && change.user === ROOT)',
    test: 'test/machine/auth/authState.test.ts',
    killedBy: 'the user root stays while auth is on',
  },
  {
    name: 'auth: it is on again after a restart, or off',
    file: 'src/machine/auth/authRows.ts',
    text: 'enabled: (flags & 1) !== 0',
    instead: 'enabled: (flags & 2) !== 0',
    test: 'test/machine/auth/authRows.test.ts',
    killedBy: 'whatever happened, rows bring it back, the digest and the size too, however often they were taken',
  },
  {
    name: 'auth: members with other passwords take each other for equal',
    file: 'src/machine/auth/authRows.ts',
    text: 'this.sum.add(row.digest);',
    instead: '',
    test: 'test/machine/auth/inMachine.test.ts',
    killedBy:
      'the digest is that of the versions before while there are no users and roles, and tells apart members that have others',
  },
  {
    name: 'auth: a state that was taken over is told to nobody',
    file: 'src/member/localAuth.ts',
    text: 'if (view === this.told.view && version === this.told.version) return;',
    instead: 'if (version === this.told.version) return;',
    test: 'test/member/localAuth.test.ts',
    killedBy: 'a state that was taken over may say anything else',
  },
  {
    name: 'auth: a change is proposed before all members can read it',
    file: 'src/member/localAuth.ts',
    text: "return Promise.resolve({ ok: false, refusal: { type: 'olderMembers' } });",
    instead: '',
    test: 'test/member/localAuth.test.ts',
    killedBy: 'nothing is proposed while not all members can read it',
  },
  {
    name: 'a command that only newer members read comes into the log of a leader that is behind',
    file: 'src/member/proposalAdmission.ts',
    text: "if (faultOfLevel(commands, this.state.machine.cluster.level) !== undefined) return 'later';",
    instead: '',
    test: 'test/member/proposalAdmission.test.ts',
    killedBy:
      'a command that only newer members read waits, and costs nobody the link: who asks may be ahead of a new leader',
  },
  {
    name: 'any event of a lock wakes who waits, as in etcd 0.4',
    file: 'src/api/modules/lockRoom.ts',
    text: 'if (removed.length > 0) this.tellFirst(queue);',
    instead: 'for (const { onFirst } of [...this.waiters.values()].flatMap((each) => [...each])) onFirst();',
    test: 'test/api/modules/lockService.test.ts',
    killedBy: 'a client that hangs up loses its place at once, and nobody gets the lock by it',
  },
  {
    name: 'a refresh of a waiting node does not look who has the lock',
    file: 'src/api/modules/lockCommands.ts',
    text: "const compared = { prevValue: '', prevIndex: BigInt(seenIndex) };",
    instead: "const compared = { prevValue: '', prevIndex: BigInt(seenIndex * 0) };",
    test: 'test/api/modules/lockService.test.ts',
    killedBy: 'a refresh for somebody who waits does not shorten the TTL of who got the lock meanwhile',
  },
  {
    name: 'two places of one value stay',
    file: 'src/api/modules/acquisition.ts',
    text: 'if (lowest === undefined || lowest.index >= own.index) return own;',
    instead: 'if (lowest === undefined || lowest.index >= 0) return own;',
    test: 'test/api/modules/lockService.test.ts',
    killedBy: 'one value asked for at two members at the same time is one place, the lower one',
  },
  {
    name: 'the TTL of a lock runs from when it was asked for',
    file: 'src/api/modules/acquisition.ts',
    text: 'holdCommand(place, this.wish.ttlSeconds, clock.now())',
    instead: 'holdCommand(place, 15, clock.now())',
    test: 'test/api/modules/lockService.test.ts',
    killedBy: 'first come, first served, whichever member is asked',
  },
  {
    name: 'a lock that its client did not hear of is kept',
    file: 'src/api/modules/acquisition.ts',
    text: 'if (held?.isOnly !== true) return;',
    instead: 'if (held !== undefined) return;',
    test: 'test/api/modules/lockService.test.ts',
    killedBy: 'a lock that its client did not hear of any more is given back',
  },
  {
    name: 'a client that hangs up releases the lock of others with its value',
    file: 'src/api/modules/lockCommands.ts',
    text: 'held.prevNode.modifiedIndex <= firstSinceIndex',
    instead: 'held.prevNode.modifiedIndex >= 0',
    test: 'test/api/modules/lockService.test.ts',
    killedBy: 'unless somebody else with the same value was told that he has it',
  },
];
