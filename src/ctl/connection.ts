/** How the commands reach members. */
import type { Dial } from '../platform/dial';
import { systemTls } from '../tls/clientTls';
import { tlsDial } from '../tls/dial';

/** What each command opens connections with. */
export function commandDial(): Dial {
  return tlsDial(systemTls);
}
