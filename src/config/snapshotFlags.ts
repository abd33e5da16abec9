/** The options of `cairn snapshot`; which action has which is in src/ctl/snapshot/snapshot.ts. */
import type { CommandFlag } from './commands';

export const snapshotFlags = {
  output: { placeholder: 'FORM', help: 'text, or json for programs.', default: 'text' },
  replace: {
    help: 'save: a file of that name is replaced, once the new one is whole. Without it no file is overwritten.',
  },
  'without-quorum': {
    help:
      'save: take what the one member has, without asking the others, as is needed when most of them are lost. It may lack what they ' +
      'acknowledged last.',
  },
} as const satisfies Record<string, CommandFlag>;
