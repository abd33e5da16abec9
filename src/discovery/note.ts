/** The note in the data directory of what this member told a discovery service; see storage/registrationNote.ts. */
export interface RegistrationNote {
  readonly protocol: '2.3' | '0.4';
  readonly url: string;
  readonly key: string;
  readonly value: string;
}

export interface Notes {
  read(): Promise<RegistrationNote | undefined>;
  /** Durable when it resolves. */
  write(note: RegistrationNote): Promise<void>;
  /** Durable when it resolves. */
  remove(): Promise<void>;
}

export function sameNote(one: RegistrationNote | undefined, other: RegistrationNote): boolean {
  return (
    one?.protocol === other.protocol && one.url === other.url && one.key === other.key && one.value === other.value
  );
}

/**
 * Creates a key of this member's own, with the note of it written before. Whether it is this data directory's then: `taken`
 * means that another process created the key in the same moment.
 * @param create answers false if the key is there already
 */
export class OwnKey {
  private isNoted: boolean | undefined;
  /** An attempt before this one may have been carried out although its answer was lost. */
  private isUncertain = false;

  constructor(
    private readonly notes: Notes,
    private readonly note: RegistrationNote,
  ) {}

  /** True if this data directory created the key, or was about to. */
  async noted(): Promise<boolean> {
    if (this.isNoted !== undefined) return this.isNoted;
    const noted = sameNote(await this.notes.read(), this.note);
    this.isNoted = noted;
    this.isUncertain = noted;
    return noted;
  }

  /** To be called only when the key was seen to be missing. */
  async create(create: () => Promise<boolean>): Promise<'created' | 'taken'> {
    if (!(await this.noted())) {
      await this.notes.write(this.note);
      this.isNoted = true;
    }
    const wasUncertain = this.isUncertain;
    this.isUncertain = true;
    if ((await create()) || wasUncertain) return 'created';
    // The note would claim another member's registration at the next start.
    await this.notes.remove();
    this.isNoted = false;
    return 'taken';
  }
}
