/** What members say of themselves, and what changes about them without a change of the votes. */
import { publish, updatePeerURLs } from '../cluster/clusterChanges';
import type { PublishCommand, UpdateMemberCommand } from '../command';
import { faultOfUrls } from '../commandRules';
import { joinLevel, splitLevel } from '../features';
import type { CommandKind } from './kind';

const NAME_BYTES_MAX = 1024;
const VERSION = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/;

export const PUBLISH: CommandKind<PublishCommand> = {
  code: 8,
  level: 1,
  speaker: 'itself',
  size: () => 0,
  write: (writer, { memberId, name, version, level, clientURLs }) => {
    writer.id(memberId).text(name).text(joinLevel(version, level)).texts(clientURLs);
  },
  read: (reader) => {
    const memberId = reader.id();
    const name = reader.text();
    const { version, level } = splitLevel(reader.text());
    return { type: 'publish', memberId, name, clientURLs: reader.texts(), version, level };
  },
  faultOf: ({ name, version, clientURLs }) => {
    if (name.length > NAME_BYTES_MAX) return 'the name of a member is too long';
    if (!VERSION.test(version)) return 'the version of a member is none';
    return faultOfUrls(clientURLs, 0);
  },
  execute: publish,
};

export const UPDATE_MEMBER: CommandKind<UpdateMemberCommand> = {
  code: 9,
  level: 1,
  speaker: 'client',
  size: () => 0,
  write: (writer, { memberId, peerURLs }) => {
    writer.id(memberId).texts(peerURLs);
  },
  read: (reader) => ({ type: 'updateMember', memberId: reader.id(), peerURLs: reader.texts() }),
  faultOf: ({ peerURLs }) => faultOfUrls(peerURLs, 1),
  execute: updatePeerURLs,
};
