/** What a side dials with, from its options. */
import { createSecureContext } from 'node:tls';
import type { ClientTls, ServerCheck } from './clientTls';
import { Credentials, type CredentialsSetting } from './credentials';
import type { Material } from './material';
import { contextOptions, type TlsSide } from './side';

/** Made once for as long as the files say the same: that is how whoever dials knows that they changed. */
export function dialMaterial(credentials: Pick<Credentials, 'current'>, side: TlsSide): () => ClientTls {
  let made: { readonly of: Material; readonly tls: ClientTls } | undefined;
  return () => {
    const material = credentials.current;
    if (made?.of !== material) {
      const context = createSecureContext(contextOptions(material, side.protocol));
      const { own, trustEndsMs } = material;
      made = { of: material, tls: { context, server: serverCheckOf(side), own, trustEndsMs } };
    }
    return made.tls;
  };
}

/** The same for a process that dials and ends soon, such as a command: the files are read once. Rejects with TlsFileError. */
export async function openDialMaterial(
  side: TlsSide,
  { clock, log }: Pick<CredentialsSetting, 'clock' | 'log'>,
): Promise<() => ClientTls> {
  return dialMaterial(await openCredentials(side, { clock, log, isOnlyDialedWith: true }), side);
}

/** Rejects with TlsFileError. */
export function openCredentials(
  side: TlsSide,
  {
    clock,
    log,
    doubtsOf,
    isOnlyDialedWith = false,
  }: Pick<CredentialsSetting, 'clock' | 'log' | 'doubtsOf'> & { readonly isOnlyDialedWith?: boolean },
): Promise<Credentials> {
  const rules = { ownSignedByAuthorities: side.name === 'peer', isOnlyDialedWith };
  return Credentials.open({ side: side.name, files: side.files, rules, doubtsOf, clock, log });
}

/** The names that are allowed say who the members are, and at the client port who the clients are, which is another matter. */
function serverCheckOf({ name, isSelfMade, allowedCommonNames, allowedHostNames }: TlsSide): ServerCheck {
  if (isSelfMade) return { kind: 'anybody' };
  if (name === 'peer' && allowedCommonNames.length > 0) return { kind: 'commonName', names: allowedCommonNames };
  if (name === 'peer' && allowedHostNames.length > 0) return { kind: 'hostName', names: allowedHostNames };
  return { kind: 'dialledName' };
}
