/** Where cairnctl departs from etcdctl 3.4 on purpose. Stories of test/transcripts/etcdctl that show one name its row; tests of cairnctl show the others. */

export interface Difference {
  readonly etcdctl: string;
  readonly cairnctl: string;
}

export const differences: Readonly<Record<string, Difference>> = {
  'extended-labels': {
    etcdctl: '`Index:` in `-o extended`',
    cairnctl: '`Etcd-Index:`, `Raft-Index:` and `Raft-Term:`, as etcdctl 0.4',
  },
  'flags-behind-switches': {
    etcdctl: '`mk --in-order KEY VALUE --ttl 20` stores `--ttl`: a flag behind a switch and its operand is lost',
    cairnctl: 'flags of the command count wherever they stand before `--`',
  },
  'exec-watch-order': {
    etcdctl: 'without a flag before it, `exec-watch KEY -- PROGRAM` takes the last argument for the key',
    cairnctl: 'the first one is the key',
  },
  'endpoint-without-scheme': {
    etcdctl: '`--endpoints 127.0.0.1:2379` is refused',
    cairnctl: '`http://` is put before it, as in etcdctl 2',
  },
  'user-in-endpoint': {
    etcdctl: 'the user in `--endpoints http://NAME:PASSWORD@HOST:2379` is not sent, in silence',
    cairnctl: 'it is not sent either, and a warning says so',
  },
  'comma-lists': { etcdctl: '`--roles a,b` is one role of that name', cairnctl: 'two roles, as in etcdctl 2' },
  'user-exists': {
    etcdctl: '`user add` of a user who exists changes the password',
    cairnctl: 'an error, as in etcdctl 2',
  },
  prompts: {
    etcdctl: '`Password:` on the standard output; `user passwd` makes a user who does not exist',
    cairnctl: 'prompts go to the standard error, and to a terminal only; `user passwd` changes users and makes none',
  },
  'hidden-passwords': { etcdctl: '`--debug` shows passwords', cairnctl: 'it does not' },
  'root-key': {
    etcdctl: '`: is a directory`',
    cairnctl: "`/: is a directory`: the root has a name in Cairn's answers",
  },
  'https-stays-https': {
    etcdctl: 'goes from `https` endpoints to the `http` URLs that members publish, and takes the password along',
    cairnctl: 'stays at the given endpoints if no member publishes an `https` URL; a URL that is none is passed over',
  },
  terminals: {
    etcdctl: 'a terminal obeys what is in keys, values, names and errors: titles, colours, lines that are overwritten',
    cairnctl: '`?` in place of that on a terminal; byte for byte everywhere else',
  },
  'keys-stay-keys': { etcdctl: '`..` in a key may lead out of the keys', cairnctl: 'it does not' },
  'peer-url-exists': {
    etcdctl: '`membership: peerURL exists` of etcd 3.4',
    cairnctl: '`etcdserver: peerURL exists` of etcd 2.3',
  },
  writes: {
    etcdctl:
      '`mk --in-order`, sent to one member without an answer, is sent to the next one and may be done twice; `set --swap-with-index` may be refused by it because it was done',
    cairnctl:
      'what may have been done, and the second time would be done twice or refused, is not sent again; `set`, `update` and `updatedir` without a comparison are',
  },
  'no-members': {
    etcdctl:
      '`cluster-health` says `cluster is healthy` where the list of members is empty, as of another service that answers with JSON',
    cairnctl: 'it says that the list is empty, and ends with 4',
  },
};
