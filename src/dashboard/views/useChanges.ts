/** Draws again when something changed, once a frame at most however much that was. */
import { useEffect, useState } from 'preact/hooks';

export class Changes {
  private readonly listeners = new Set<() => void>();
  private isDue = false;

  readonly happened = (): void => {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      for (const listener of this.listeners) listener();
    });
  };

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export function useChanges(changes: Changes): void {
  const [, setCount] = useState(0);
  useEffect(() => changes.listen(() => setCount((count) => count + 1)), [changes]);
}

/** The time, again each second, for what counts down. Milliseconds since 1970. */
export function useNowMs(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
