/** Manual pages as text: the language of man(7), as much of it as these pages need. Pure. */

/** Names a page: `cairn-check` in section 1. */
export interface PageHead {
  readonly name: string;
  readonly version: string;
}

/** Lines that are text of a page already. */
export type Roff = readonly string[];

/** A page with its sections, and the end of its last line. Words are neither divided nor spread, so that what is shown can be copied. */
export function page({ name, version }: PageHead, ...sections: readonly Roff[]): string {
  const head = `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`Cairn ${version}`)} "Cairn"`;
  return [head, '.nh', '.ad l', ...sections.flat(), ''].join('\n');
}

export function section(title: string, ...parts: readonly Roff[]): Roff {
  const lines = parts.flat();
  return lines.length === 0 ? [] : [`.SH ${quoted(title)}`, ...lines];
}

export function subsection(title: string, ...parts: readonly Roff[]): Roff {
  return [`.SS ${quoted(title)}`, ...parts.flat()];
}

export function paragraph(text: string): Roff {
  return ['.PP', inline(text)];
}

/** What is typed, and what it means. */
export function term(typed: string, ...texts: readonly string[]): Roff {
  const [first = '', ...others] = texts.filter((text) => text !== '');
  return ['.TP', bold(typed), inline(first), ...others.flatMap((text) => ['.br', inline(text)])];
}

/** A line that is typed as it stands. */
export function usage(text: string): Roff {
  return ['.PP', bold(text)];
}

export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** Text in which what stands between backticks is typed. */
export function inline(text: string): string {
  const line = text.split('`').map((part, at) => (at % 2 === 1 ? bold(part) : escaped(part)));
  return line.join('');
}

/** No text is taken for a request or an escape; hyphens stay what a shell takes for them. */
function escaped(text: string): string {
  const plain = text
    .replaceAll('\\', '\\e')
    .replace(/[-'`^~]/g, (character) => ESCAPES[character] ?? character)
    .replace(/[^\u0000-\u007f]/gu, (character) => `\\[u${hex(character)}]`)
    .replace(/\s+/g, ' ');
  return /^\./.test(plain) ? `\\&${plain}` : plain;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** An argument of a request. */
function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '\\(dq')}"`;
}
