/** What the commands write, instead of the terminal. Call it in a `describe`. */
export function captureOutput(): { text(): string } {
  const written: string[] = [];
  beforeEach(() => {
    written.length = 0;
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        written.push(String(text));
        return true;
      });
    }
  });
  afterEach(() => jest.restoreAllMocks());
  return { text: () => written.join('') };
}
