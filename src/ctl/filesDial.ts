/** How a command dials with files that it was told of, and how a mistake in them waits until they are needed. */
import type { Dial } from '../platform/dial';
import { RealClock } from '../platform/realClock';
import type { ClientTls } from '../tls/clientTls';
import { tlsDial } from '../tls/dial';
import type { Remedies } from '../tls/dialFailure';
import { openDialMaterial } from '../tls/dialMaterial';
import type { TlsFiles } from '../tls/files';
import type { TlsSide } from '../tls/side';

/** What is doubtful is said by the member. */
export const SURROUNDINGS = { clock: new RealClock(), log: { info: () => undefined, warn: () => undefined } };

/** How `cairn COMMAND` and cairnctl name the files; every command that dials has these options. */
const REMEDIES: Remedies = { authorities: '--ca-file', certificate: '--cert-file and --key-file' };

const BARE: TlsSide = {
  name: 'client',
  files: {},
  certificatesDemanded: false,
  allowedCommonNames: [],
  allowedHostNames: [],
  isSelfMade: false,
  validityYears: 1,
  protocol: { minVersion: 'TLS1.2', maxVersion: '', cipherSuites: [] },
};

/** A side of TLS with these files and nothing else said. */
export function bareSide(files: TlsFiles): TlsSide {
  return { ...BARE, files };
}

/** Rejects with TlsFileError. */
export async function filesDial(files: TlsFiles): Promise<Dial> {
  return commandDial(await openDialMaterial(bareSide(files), SURROUNDINGS));
}

/** Who asks by http needs no certificate: what is wrong with one is said when it is needed. */
export async function orLater(open: () => Promise<(url: URL) => ClientTls>): Promise<Dial> {
  try {
    return commandDial(await open());
  } catch (error) {
    return commandDial(() => {
      throw error;
    });
  }
}

function commandDial(material: (url: URL) => ClientTls): Dial {
  return tlsDial(material, { remedies: REMEDIES });
}
