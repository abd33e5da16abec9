/** The flags that were given, and the defaults of the table for the others. */
import type { CtlFlags } from '../../config/ctl/row';
import { parseFlagValue, type FlagValue } from './goValues';

export class FlagValues {
  private readonly given = new Map<string, FlagValue[]>();

  constructor(private readonly flags: CtlFlags) {}

  /** @param spelling - as it was written, without dashes. @throws ValueError */
  add(name: string, spelling: string, text: string): void {
    const flag = this.flag(name);
    this.given.set(name, [...(this.given.get(name) ?? []), parseFlagValue(flag.kind, spelling, text)]);
  }

  has(name: string): boolean {
    return this.given.has(name);
  }

  /** Of a switch. */
  isOn(name: string): boolean {
    return this.last(name) === true;
  }

  /** Empty if it was not given and has no default. */
  text(name: string): string {
    const value = this.last(name);
    return typeof value === 'string' ? value : '';
  }

  /** Of a number; 0 if it was not given and has no default. */
  number(name: string): number {
    const value = this.last(name);
    return typeof value === 'number' ? value : 0;
  }

  durationMs(name: string): number {
    return this.number(name);
  }

  /** Of a list: each time it was given, and each part between commas. */
  list(name: string): readonly string[] {
    const given = this.given.get(name) ?? [];
    return given.flatMap((value) => (typeof value === 'string' ? value.split(',') : []));
  }

  private last(name: string): FlagValue | undefined {
    const { kind, default: byDefault } = this.flag(name);
    return (
      this.given.get(name)?.at(-1) ?? (byDefault === undefined ? undefined : parseFlagValue(kind, name, byDefault))
    );
  }

  private flag(name: string) {
    const flag = this.flags[name];
    if (flag === undefined) throw new Error(`there is no flag ${name}`);
    return flag;
  }
}
