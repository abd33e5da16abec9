/** How commands dial with the files that their options name, and with those of the member on this machine in the place of what is not named. */
import type { Built } from '../config/build';
import { peerSide } from '../config/tlsSides';
import { formatEndpoint } from '../config/urls';
import type { Dial } from '../platform/dial';
import type { ClientTls } from '../tls/clientTls';
import { openDialMaterial } from '../tls/dialMaterial';
import { TlsFileError } from '../tls/errors';
import type { TlsFile, TlsFiles } from '../tls/files';
import { UsageError } from './arguments';
import { bareSide, orLater, SURROUNDINGS } from './filesDial';
import { memberPair, memberTls } from './memberTls';

/** CAs, and a certificate with its key, each of which may be missing. */
export type GivenFiles = Pick<TlsFiles, 'authorities' | 'certificate' | 'key'>;

type Material = (url: URL) => ClientTls;

/** Addresses that are good to listen on and not to connect to, and where to connect instead. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where the member listens, as seen from its own machine; undefined: nothing is said about it. */
export function listenUrlOf({ configuration, sources }: Built): string | undefined {
  if (sources.get('listen-client-urls')?.source === 'default') return undefined;
  const [first] = configuration.listenClientUrls;
  return first && new URL(formatEndpoint({ ...first, host: LOOPBACK_OF[first.host] ?? first.host })).origin;
}

/** With these files alone. @throws UsageError */
export function dialWith(given: GivenFiles): Promise<Dial> {
  return dialFilled(given, (named) => Promise.resolve(named));
}

/** To client ports. @throws UsageError */
export function dialClients(given: GivenFiles, memberOf: () => Built): Promise<Dial> {
  return dialFilled(given, async (named) => {
    if (given.authorities !== undefined) {
      return withPair(given, named, () => memberPair(memberOf().configuration));
    }
    const member = memberOf();
    const own = listenUrlOf(member);
    const tls = await memberTls(member.configuration, given);
    return (url) => (url.origin === own ? tls.own : tls.others);
  });
}

/** To peer ports. @throws UsageError */
export function dialPeers(given: GivenFiles, memberOf: () => Built): Promise<Dial> {
  return dialFilled(given, (named) => {
    const sideOf = () => peerSide(memberOf().configuration);
    if (given.authorities !== undefined) {
      return withPair(given, named, () => {
        const { certificate, key } = sideOf().files;
        return Promise.resolve({ certificate, key });
      });
    }
    const side = sideOf();
    const files = given.certificate === undefined ? side.files : { ...side.files, ...pairOf(given) };
    return openDialMaterial({ ...side, files }, SURROUNDINGS);
  });
}

/** What is wrong with a file that was typed is a mistake of who typed it; what a variable names may be meant for others. @throws UsageError */
async function dialFilled(given: GivenFiles, fill: (named: Material) => Promise<Material>): Promise<Dial> {
  const open = () => openDialMaterial(bareSide(given), SURROUNDINGS);
  const isTyped = Object.values(given).some((file?: TlsFile) => file?.option.startsWith('--'));
  try {
    const typed = isTyped ? await open() : undefined;
    return await orLater(async () => fill(typed ?? (await open())));
  } catch (error) {
    throw error instanceof TlsFileError ? new UsageError(error.message) : error;
  }
}

/** Whoever names a CA may mean others than the member: what cannot be had of it is missed only where a certificate is demanded. */
async function withPair(given: GivenFiles, named: Material, pair: () => Promise<GivenFiles>): Promise<Material> {
  if (given.certificate !== undefined) return named;
  try {
    return await openDialMaterial(bareSide({ ...given, ...pairOf(await pair()) }), SURROUNDINGS);
  } catch {
    return named;
  }
}

function pairOf({ certificate, key }: GivenFiles): GivenFiles {
  return { certificate, key };
}
