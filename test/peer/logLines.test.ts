import { LogLines } from '../../src/peer/logLines';
import { LogRecorder } from './harness';

describe('log lines', () => {
  it('come once in 30 seconds for a kind and peer, with a count of those left out', () => {
    const recorder = new LogRecorder();
    let nowMs = 0;
    const log = new LogLines(recorder, () => nowMs);
    for (nowMs = 0; nowMs <= 30_000; nowMs += 1000) {
      log.write('warn', 'dial', 'a1', `dial at ${nowMs}`);
      if (nowMs < 2000) log.write('error', 'health', 'a1', 'another kind');
      if (nowMs < 2000) log.write('info', 'dial', 'b2', 'another peer');
    }
    expect(recorder.lines).toEqual([
      { level: 'warn', text: 'dial at 0', fields: { peer: 'a1' } },
      { level: 'error', text: 'another kind', fields: { peer: 'a1' } },
      { level: 'info', text: 'another peer', fields: { peer: 'b2' } },
      { level: 'warn', text: 'dial at 30000', fields: { peer: 'a1', suppressed: 29 } },
    ]);
  });

  it('about ever new strangers do not grow memory', () => {
    const log = new LogLines(new LogRecorder(), () => 0);
    for (let stranger = 0; stranger < 5000; stranger += 1) log.write('warn', 'dial', String(stranger), 'x');
    expect(log.remembered).toBeLessThanOrEqual(1000);
  });
});
