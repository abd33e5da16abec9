/** The key space as the page shows it: what was listed, what is open and selected, and the watches that keep it true. */
import { listingOf, type Answer, type KeyEvent, type Refusal } from '../model/answers';
import { KeyTree, REMOVALS } from '../model/keyTree';
import { ancestorsOf, isBelow, isHiddenBelow } from '../model/paths';
import { readAsSeen } from '../model/reading';
import type { KeyRequest } from '../model/saving';
import type { Connection } from '../model/watching';
import { askKeys } from './keyApi';
import { RecentChanges } from './recentChanges';
import type { Session } from './session';
import { Watcher } from './watcher';

const ROOT = '/';
/** Where Cairn and its modules keep what is theirs. */
const HIDDEN_ROOT = '/_etcd';
/** The member was heard, and there is nothing for this user. */
const REFUSALS = new Set([401, 404]);
const SILENT_MEMBER = 'The member does not answer.';

export class KeyBrowser {
  readonly tree = new KeyTree();
  readonly open = new Set<string>([ROOT]);
  readonly recent: RecentChanges;
  roots: readonly string[] = [ROOT];
  selected: string | undefined;
  /** Something was refused for want of a right to it. */
  private isDenied = false;
  /** What happened to the last thing that was asked for by its path. */
  notice = '';
  /** Counts who asked: what was asked for before is not shown to who asks now. */
  generation = 0;
  /** The highest index of the store that an answer or an event was of. */
  private seenIndex = 0;
  /** For each listing that was asked for and did not come yet: what happened since. */
  private readonly underWay = new Set<KeyEvent[]>();
  private readonly watchers = new Map<string, Watcher>();
  private readonly listingAgain = new Set<string>();
  /** How the watches of the roots are; unknown: not heard yet. */
  private readonly states = new Map<string, Connection>();
  /** What could not be read just now for want of a right, or because it is not there. */
  private readonly refused = new Set<string>();
  /** Ends whatever this generation has asked for. */
  private stopper = new AbortController();

  constructor(
    private readonly session: Session,
    private readonly onChange: () => void,
  ) {
    this.recent = new RecentChanges(onChange);
  }

  /** Begins, or goes on from what was seen last. */
  start(): void {
    for (const root of this.roots) this.watcherOf(root).start();
  }

  /** Holds no connection; for as long as nobody looks. */
  pause(): void {
    for (const watcher of this.watchers.values()) watcher.stop();
  }

  /** Somebody else is asking now: everything is read again, and nothing is shown that only the one before may see. */
  restart(): void {
    this.generation++;
    this.stopper.abort();
    this.stopper = new AbortController();
    this.pause();
    this.watchers.clear();
    this.tree.clear();
    this.open.clear();
    this.open.add(ROOT);
    this.recent.clear();
    this.listingAgain.clear();
    this.roots = [ROOT];
    this.selected = undefined;
    this.seenIndex = 0;
    this.refused.clear();
    this.states.clear();
    this.isDenied = false;
    this.notice = '';
    this.start();
    this.onChange();
  }

  /** What comes for somebody who asks no longer counts as not answered. */
  async ask(request: KeyRequest): Promise<Answer> {
    const { signal } = this.stopper;
    const answer = await askKeys(request, this.session, signal);
    if (signal.aborted) return { kind: 'unreachable' };
    if (answer.kind === 'refused') this.sawRefusal(answer.refusal);
    return answer;
  }

  /** As the root of all is; for who may not read that, as the best of the others. */
  get connection(): Connection {
    const [ofAll = 'silent', ...others] = this.roots.map((root) => this.states.get(root) ?? 'silent');
    if (ofAll !== 'refused') return ofAll;
    return (['live', 'silent'] as const).find((state) => others.includes(state)) ?? ofAll;
  }

  /** Whether to ask for user and password: not him who is known, and sees all that he may. */
  get needsLogin(): boolean {
    return this.isDenied && !(this.session.user !== undefined && this.connection === 'live');
  }

  setOpen(key: string, isOpen: boolean): void {
    if (isOpen) {
      this.open.add(key);
      if (this.tree.childrenOf(key) === undefined) void this.list(key);
    } else {
      this.open.delete(key);
    }
    this.onChange();
  }

  select(key: string | undefined): void {
    this.selected = key;
    this.onChange();
  }

  /** Opens what is above a key, so that it comes into sight; for a prefix that is still being typed too. */
  async reveal(prefix: string): Promise<void> {
    const above = ancestorsOf(prefix);
    if (above.some((key) => isHiddenBelow(key, ROOT)) || isHiddenBelow(prefix, ROOT)) return;
    const { signal } = this.stopper;
    for (const key of above) {
      if (this.tree.childrenOf(key) === undefined && (await this.list(key)) === undefined) return;
      if (signal.aborted) return;
      this.open.add(key);
    }
    this.onChange();
  }

  /** Shows a key by its path. What no listing names (hidden, or below what may not be read) becomes a root of its own. */
  async openPath(key: string): Promise<void> {
    const { signal } = this.stopper;
    await this.reveal(key);
    if (signal.aborted) return;
    if (this.tree.node(key) === undefined) {
      const isThere = (await this.list(key)) !== undefined;
      if (this.stopper.signal !== signal) return;
      if (!isThere) {
        // Beside the words that it is not there, what was selected before would look like what was asked for.
        this.select(undefined);
        return;
      }
      if (!this.roots.some((root) => root === key)) this.roots = [...this.roots, key];
      this.watcherOf(key).start();
    }
    this.notice = '';
    this.open.add(key);
    this.select(key);
  }

  async setHidden(isShown: boolean): Promise<void> {
    if (isShown) {
      await this.openPath(HIDDEN_ROOT);
      return;
    }
    const kept = this.roots.filter((root) => !isHiddenBelow(root, ROOT));
    for (const root of this.roots) {
      if (kept.includes(root)) continue;
      this.watchers.get(root)?.stop();
      this.watchers.delete(root);
      this.tree.forget(root);
      if (this.selected !== undefined && (this.selected === root || isBelow(this.selected, root)))
        this.selected = undefined;
    }
    this.roots = kept;
    this.onChange();
  }

  /** Reads one directory or key anew. The store's index then; undefined: it could not be read. */
  async list(key: string): Promise<number | undefined> {
    const { signal } = this.stopper;
    const ask = (request: KeyRequest): Promise<Answer> =>
      signal.aborted ? Promise.resolve({ kind: 'unreachable' }) : this.ask(request);
    const meanwhile: KeyEvent[] = [];
    this.underWay.add(meanwhile);
    const answer = await readAsSeen(ask, key, this.seenIndex);
    this.underWay.delete(meanwhile);
    if (signal.aborted) return undefined;
    if (answer.kind === 'refused' && REFUSALS.has(answer.refusal.status)) this.refused.add(key);
    else this.refused.delete(key);
    if (answer.kind === 'ok') {
      // What the member read before it told of these events would take them back.
      const missed = meanwhile.filter(({ node }) => node.modifiedIndex > answer.index);
      this.seenIndex = Math.max(answer.index, ...missed.map(({ node }) => node.modifiedIndex));
      const listing = listingOf(answer.body, Date.now());
      if (listing === undefined) return undefined;
      this.tree.takeListing(listing, answer.index);
      for (const event of missed) this.tree.takeEvent(event);
      this.onChange();
      return answer.index;
    }
    if (answer.kind === 'refused') {
      if (answer.refusal.status === 404) this.tree.takeAbsence(key, answer.index);
      else this.tree.unlist([key]);
      const { text } = answer.refusal;
      this.notice = text.endsWith(key) ? text : `${key}: ${text}`;
    } else {
      this.notice = SILENT_MEMBER;
    }
    this.onChange();
    return undefined;
  }

  private sawRefusal({ status }: Refusal): void {
    if (status === 401 && !this.isDenied) {
      this.isDenied = true;
      this.onChange();
    }
  }

  private sawState(root: string, isLive: boolean): void {
    if (isLive && this.notice === SILENT_MEMBER) this.notice = '';
    // A refusal counts for the failure that it led to, not for a later one.
    const wasRefused = this.refused.delete(root);
    this.states.set(root, isLive ? 'live' : wasRefused ? 'refused' : 'silent');
    this.onChange();
  }

  private watcherOf(root: string): Watcher {
    const known = this.watchers.get(root);
    if (known !== undefined) return known;
    const { signal } = this.stopper;
    const watcher = new Watcher(root, this.session, {
      list: () => this.listAllShown(root),
      onEvent: (event) => {
        if (signal.aborted) return;
        this.take(event);
        if (this.isUnknown(root, event)) void this.listWithOpen(root);
      },
      onState: (isLive) => {
        if (!signal.aborted) this.sawState(root, isLive);
      },
      onDenied: () => {
        if (signal.aborted) return;
        this.refused.add(root);
        this.sawRefusal({ status: 401, code: 0, text: '' });
      },
    });
    this.watchers.set(root, watcher);
    return watcher;
  }

  /**
   * Every directory below a root that is shown; what is known of others is forgotten, because the events since are not known. The lowest
   * index: nothing that happened since is missed. Undefined if one could not be read: it would be shown as it was.
   */
  private async listAllShown(root: string): Promise<number | undefined> {
    const { signal } = this.stopper;
    const first = await this.list(root);
    if (first === undefined || signal.aborted) return undefined;
    const shown = new Set([...this.open, ...(this.selected === undefined ? [] : ancestorsOf(this.selected))]);
    const isHidden = (key: string): boolean => key !== root && isBelow(key, root) && !shown.has(key);
    this.tree.unlist(this.tree.listed().filter(isHidden));
    for (const key of [...shown].filter((each) => each !== root && isBelow(each, root)).sort()) {
      if (this.tree.node(key)?.isDirectory !== true) continue;
      const isRead = (await this.list(key)) !== undefined;
      if (this.stopper.signal !== signal) return undefined;
      if (!isRead && this.tree.childrenOf(key) !== undefined) return undefined;
    }
    return first;
  }

  /** A directory that is open on the page, and was removed and made again, with those below it that are. */
  private async listAgain(key: string): Promise<void> {
    const isShown = this.open.has(key) || (this.selected !== undefined && isBelow(this.selected, key));
    const isKnown = this.tree.node(key)?.isDirectory !== true || this.tree.childrenOf(key) !== undefined;
    if (isShown && !isKnown) await this.listWithOpen(key);
  }

  /** What was opened by its path and removed is there again; no listing of what is above it may name it. */
  private isUnknown(root: string, { action, node: { key } }: KeyEvent): boolean {
    if (this.tree.node(root) !== undefined) return false;
    return isBelow(key, root) || (key === root && !REMOVALS.has(action));
  }

  private async listWithOpen(key: string): Promise<void> {
    if (this.listingAgain.has(key)) return;
    this.listingAgain.add(key);
    await this.list(key);
    this.listingAgain.delete(key);
    for (const child of this.tree.childrenOf(key) ?? []) await this.listAgain(child);
  }

  private take(event: KeyEvent): void {
    this.seenIndex = Math.max(this.seenIndex, event.node.modifiedIndex);
    for (const meanwhile of this.underWay) meanwhile.push(event);
    const changed = this.tree.takeEvent(event);
    if (changed === undefined) return;
    void this.listAgain(changed);
    this.recent.add(changed);
    this.onChange();
  }
}
