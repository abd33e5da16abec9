/** Real time, real chance and real timers must not be reached from inside a simulation (design section 6). */

type Restore = () => void;

const NAMES = ['setTimeout', 'setInterval', 'setImmediate'] as const;

/** Makes them throw until the answered function is called. */
export function forbidRealWorld(): Restore {
  const restores: Restore[] = [];
  const replace = (target: object, name: string): void => {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    if (descriptor === undefined) return;
    Object.defineProperty(target, name, {
      configurable: true,
      writable: true,
      value: () => {
        throw new Error(`${name} was reached from inside the simulation`);
      },
    });
    restores.push(() => {
      Object.defineProperty(target, name, descriptor);
    });
  };
  for (const name of NAMES) replace(globalThis, name);
  replace(Date, 'now');
  replace(Math, 'random');
  return () => {
    for (const restore of restores) restore();
  };
}
