/** Debian's Chromium, driven by playwright-core; no browser is downloaded. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PROGRAM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Undefined: it is there. */
export function whyNoChromium(): string | undefined {
  return existsSync(PROGRAM) ? undefined : `${PROGRAM} is not there (Debian package chromium)`;
}

/** Its own sandbox needs rights that a container does not have; the pages are our own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
