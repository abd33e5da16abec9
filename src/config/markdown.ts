/** Tables in Markdown. */
import type { ExitCode } from './exitCodes';

/** With the empty line behind it. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line), ''];
}

export function exitCodeTable(codes: Readonly<Record<string, ExitCode>>): string[] {
  return table(
    ['Code', 'Meaning'],
    Object.values(codes).map(({ code, meaning }) => [`${code}`, meaning]),
  );
}
