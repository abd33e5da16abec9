/** Files of CAs in etcd 0.1, 0.4 and 2.x: whoever gave one also demanded a certificate of each client, which is an option of its own today. */
import { failure, success } from './result';
import type { Result } from './result';
import { place, restate } from './settings';
import type { Setting } from './settings';

/**
 * Replaces them by the two options that they stand for; the settings are the strongest first, before and after. Nothing that is
 * weaker takes the demand back: a file of CAs was never without it. Both styles for the same port is a failure.
 */
export function resolveAuthorities(settings: readonly Setting[]): Result<readonly Setting[]> {
  const older = settings.filter((setting) => isOlder(setting) && setting.text !== '');
  const others = settings.filter((setting) => !isOlder(setting));
  for (const setting of older) {
    const { name } = setting.named;
    const today = others.find(({ named, text }) => named.name === name && text !== '');
    if (today === undefined) continue;
    return failure(
      `${place(setting.origin)} and ${place(today.origin)} are two ways to say the same; use only --${name}, and --${certAuthOf(name)} ` +
        'where each client has to show a certificate',
    );
  }
  const restated = older.flatMap((setting) => {
    const { name } = setting.named;
    return [restate(setting, name, setting.text), restate(setting, certAuthOf(name), 'true')];
  });
  return success([...restated, ...others]);
}

/** The option that demands certificates signed by the CAs of `name`. */
export function certAuthOf(name: string): string {
  return name.startsWith('peer-') ? 'peer-client-cert-auth' : 'client-cert-auth';
}

function isOlder(setting: Setting): boolean {
  return setting.named.spelling?.convert === 'authorities';
}
