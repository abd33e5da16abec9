/** Files in a data directory with a sentence for people, and behind it a note for programs, as JSON. */

export function noteText(sentence: string, note: object): string {
  return `${sentence}\n${JSON.stringify(note)}\n`;
}

/** The fields of the note; none if there is no note that can be read. Never throws. */
export function noteIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text.slice(text.indexOf('\n') + 1)) as object | null) };
  } catch {
    return {};
  }
}
