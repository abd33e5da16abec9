/** Forgets a member that never got its state. */
import { del, type Kv } from './kv';
import { FOUNDATION_KEY, generationRange, HARD_STATE_KEY, IDENTITY_KEY, LOG_START_KEY, logRange } from './layout';

/** No member's any more when it resolves, durably; a crash after it leaves what `clearLeftovers` takes away. */
export async function abandonMember(kv: Kv): Promise<void> {
  const keys = [IDENTITY_KEY, FOUNDATION_KEY, HARD_STATE_KEY, LOG_START_KEY];
  await kv.batch(keys.map(del), { sync: true });
}

/** What a member that was abandoned had been sent of the log and of the state. */
export async function clearLeftovers(kv: Kv, generation: number): Promise<void> {
  await kv.clear(logRange(0));
  await kv.clear(generationRange(generation));
}
