/** Asked of who says that he is a standby, before a member makes way for him. */
import type { Dial } from '../platform/dial';
import { plainRequest } from '../platform/plainRequest';

const ASK_TIMEOUT_MS = 2000;
const ANSWER_BYTES_MAX = 1024;

/**
 * Whether a process that waits for a place in this cluster answers at the peer URL; over TLS with a certificate that members take for one
 * of theirs. Never rejects.
 */
export async function isStandbyOf(clusterId: string, peerURL: string, dial: Dial): Promise<boolean> {
  try {
    const { status, text } = await plainRequest({
      method: 'GET',
      url: new URL('/standby', peerURL).href,
      timeoutMs: ASK_TIMEOUT_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
      dial,
    });
    return status === 200 && waitsFor(text) === clusterId;
  } catch {
    return false;
  }
}

function waitsFor(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && 'waitsFor' in parsed ? parsed.waitsFor : undefined;
}
