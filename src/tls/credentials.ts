/**
 * Certificates and keys of one side, read again when their files change. A Kubernetes secret is a directory behind a symbolic link
 * that is moved, which no watch on a file tells; so what is in the files is looked at every few seconds.
 */
import type { Logger } from 'pino';
import type { Cancel, Clock } from '../platform/clock';
import { messageOf } from '../platform/errorMessage';
import { Ending } from './ending';
import { TlsFileError } from './errors';
import { doubtOfModes, named, readTlsFiles, sameTexts, type TlsFiles, type TlsTexts } from './files';
import { checkMaterial, type Material, type MaterialRules } from './material';
import type { RevocationsTime } from './revocations';

/** How often the files are looked at. */
const RELOAD_INTERVAL_MS = 5000;
const DAY_MS = 86_400_000;
/** From here on the end of a certificate is warned of. */
const CERTIFICATE_AHEAD_MS = 30 * DAY_MS;
/** The same for a list of revoked certificates, or a part of its time: some are replaced every hour. */
const REVOCATIONS_AHEAD_MS = DAY_MS;
const REVOCATIONS_LAST_SHARE = 0.25;

export interface CredentialsSetting {
  /** For the log: `client`, `peer`. */
  readonly side: string;
  readonly files: TlsFiles;
  readonly rules: MaterialRules;
  /** What else is to be said of what is in use, at the start and after each change; one sentence each. */
  readonly doubtsOf?: ((material: Material) => readonly string[]) | undefined;
  readonly clock: Pick<Clock, 'now' | 'every'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export class Credentials {
  private readonly listeners: ((material: Material) => void)[] = [];
  /** What was read last and is no good: it is refused when it still is so at the next look. */
  private suspect: { readonly texts: TlsTexts | undefined; isTold: boolean } | undefined;
  private readonly certificateEnding = new Ending();
  private readonly revocationsEnding = new Ending();
  private isLooking = false;
  private hasToldFault = false;

  private constructor(
    private readonly setting: CredentialsSetting,
    private texts: TlsTexts,
    private material: Material,
  ) {}

  /** Rejects with TlsFileError if they cannot be used. */
  static async open(setting: CredentialsSetting): Promise<Credentials> {
    const { files, rules, clock } = setting;
    const texts = await readTlsFiles(files);
    const credentials = new Credentials(setting, texts, await checkMaterial(texts, rules, clock.now()));
    await credentials.tellDoubts();
    credentials.warnOfEnds();
    return credentials;
  }

  /** What counts now: the same object for as long as the files say the same. */
  get current(): Material {
    return this.material;
  }

  /** Called after each change, with what counts from then on. */
  onChange(listener: (material: Material) => void): void {
    this.listeners.push(listener);
  }

  /** Looks at the files every few seconds until cancelled. */
  watch(intervalMs = RELOAD_INTERVAL_MS): Cancel {
    return this.setting.clock.every(intervalMs, () => void this.look());
  }

  /** Looks at the files once. Never rejects: what is no good is refused with a line in the log, and the old one stays. */
  async look(): Promise<void> {
    // A disk that hangs is asked once.
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await this.readAgain();
      this.warnOfEnds();
    } catch (error) {
      this.tellFault(error);
    } finally {
      this.isLooking = false;
    }
  }

  private async readAgain(): Promise<void> {
    let texts: TlsTexts | undefined;
    try {
      texts = await readTlsFiles(this.setting.files);
      if (sameTexts(texts, this.texts)) this.suspect = undefined;
      else await this.take(texts, await checkMaterial(texts, this.setting.rules, this.setting.clock.now()));
    } catch (error) {
      this.refuse(texts, error);
    }
  }

  /** Nobody waits for a look: what is wrong in this program itself would end the process, whose connections are good. Told once. */
  private tellFault(error: unknown): void {
    if (this.hasToldFault) return;
    this.hasToldFault = true;
    const { side, log } = this.setting;
    log.warn(
      { side },
      `TLS: looking at the files failed, and the certificates in use stay: ${messageOf(error)}; please report it`,
    );
  }

  private async take(texts: TlsTexts, material: Material): Promise<void> {
    const { side, log } = this.setting;
    this.texts = texts;
    this.material = material;
    this.suspect = undefined;
    this.certificateEnding.reset();
    this.revocationsEnding.reset();
    const until = Number.isFinite(material.expiresMs) ? new Date(material.expiresMs).toISOString() : undefined;
    log.info({ side, validUntil: until }, 'TLS: the files have changed; new connections get the new certificates');
    for (const listener of this.listeners) listener(material);
    await this.tellDoubts();
  }

  private async tellDoubts(): Promise<void> {
    const { files, doubtsOf, log } = this.setting;
    const { material } = this;
    for (const doubt of [...material.doubts, ...(doubtsOf?.(material) ?? [])]) log.warn(doubt);
    const modes = files.key === undefined ? undefined : await doubtOfModes(files.key);
    if (modes !== undefined) log.warn(modes);
  }

  /** Files are often written one after the other: only what stays wrong is told, once. */
  private refuse(texts: TlsTexts | undefined, error: unknown): void {
    const { suspect } = this;
    const isKnown = suspect !== undefined && sameOrBothUnread(suspect.texts, texts);
    if (!isKnown) {
      this.suspect = { texts, isTold: false };
      return;
    }
    if (suspect.isTold) return;
    suspect.isTold = true;
    const reason = error instanceof TlsFileError ? error.message : String(error);
    this.setting.log.warn(
      { side: this.setting.side },
      `TLS: changed files are refused and the old ones stay: ${reason}`,
    );
  }

  private warnOfEnds(): void {
    const nowMs = this.setting.clock.now();
    const { expiresMs, revocations } = this.material;
    const stage = this.certificateEnding.news(nowMs, expiresMs, CERTIFICATE_AHEAD_MS);
    if (stage !== undefined) {
      const days = Math.floor((expiresMs - nowMs) / DAY_MS);
      const what = stage === 'past' ? 'has expired' : `ends in ${days} days`;
      this.warnOfEnd(
        expiresMs,
        `a certificate ${what}; put a new one in its place, it is read while this process runs`,
      );
    }
    if (revocations !== undefined) this.warnOfRevocations(revocations, nowMs);
  }

  private warnOfRevocations({ fromMs, endMs }: RevocationsTime, nowMs: number): void {
    const aheadMs = Math.min(REVOCATIONS_AHEAD_MS, (endMs - fromMs) * REVOCATIONS_LAST_SHARE);
    const stage = this.revocationsEnding.news(nowMs, endMs, aheadMs);
    if (stage === undefined) return;
    const { revoked } = this.setting.files;
    const [when, then] = stage === 'past' ? ['should have been', 'until it is,'] : ['has to be', 'from then on'];
    this.warnOfEnd(
      endMs,
      `${revoked === undefined ? '' : `${named(revoked)}: `}a list of revoked certificates ${when} replaced by ` +
        `${new Date(endMs).toISOString()}; ${then} certificates of its CA are refused, because whether they were revoked since cannot ` +
        'be known; put the current list into the file, it is read while this process runs',
    );
  }

  private warnOfEnd(endMs: number, text: string): void {
    const { side, log } = this.setting;
    log.warn({ side, validUntil: new Date(endMs).toISOString() }, `TLS: ${text}`);
  }
}

function sameOrBothUnread(one: TlsTexts | undefined, other: TlsTexts | undefined): boolean {
  return one === undefined || other === undefined ? one === other : sameTexts(one, other);
}
