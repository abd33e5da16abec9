import { loadConfiguration } from '../../src/config/load';
import { build, messageOf, readerOf } from './support';
import type { Written } from './support';

const flags = (...argv: string[]): Written => ({ argv });
const env = (variables: Record<string, string>): Written => ({ env: variables });
const file = (text: string): Written => ({ file: text });

const NAME_EXPECTED =
  'give 1 to 255 bytes of UTF-8 without blanks, control characters, "=", "," or "/"; "." and ".." are no names';

/** A mistake, and the one line that is said about it. */
const mistakes: readonly (readonly [Written, string])[] = [
  // The command line.
  [flags('--data-dri=x'), 'unknown flag "--data-dri": did you mean --data-dir? See --help for those there are'],
  [
    flags('--lisen-cleint-urls', 'x'),
    'unknown flag "--lisen-cleint-urls": did you mean --listen-client-urls? See --help for those there are',
  ],
  [
    flags('-snapshotcount=1'),
    'unknown flag "--snapshotcount": did you mean --snapshot-count? See --help for those there are',
  ],
  [flags('--zzzzzzzz'), 'unknown flag "--zzzzzzzz": see --help for those there are'],
  [flags('-q'), 'unknown flag "--q": see --help for those there are'],
  // What others have as commands.
  [flags('help'), 'unexpected argument "help": write cairn --help, or cairn COMMAND --help'],
  [flags('version'), 'unexpected argument "version": write cairn --version'],
  [
    flags('cluster-health'),
    'unexpected argument "cluster-health": it is a command of cairnctl; write cairnctl cluster-health ..., or cairn ctl cluster-health ...',
  ],
  // As etcdctl has them, before a command of cairn.
  [
    flags('-u', 'root:secret', 'check'),
    'unknown flag "-u" before check: write cairn ctl -u ... check ...; see cairn check --help',
  ],
  [
    flags('--endpoints=http://a:1', 'get', '/k'),
    'unknown flag "--endpoints" before get: write cairn ctl --endpoints ... get ...; see cairn ctl get --help',
  ],
  [
    flags('--cacert', 'ca.crt', 'doctor'),
    'unknown flag "--cacert" before doctor: write cairn ctl --cacert ... doctor ...; see cairn doctor --help',
  ],
  [
    flags('--url', 'http://a:1', 'check'),
    'unknown flag "--url" before check: write cairn check --url ...; see cairn check --help',
  ],
  [
    flags('--nonsense', 'check'),
    'unknown flag "--nonsense" before check: the flags of check stand behind it; see cairn check --help',
  ],
  // What nobody may read in the log of a start that failed.
  [
    flags('--discovery=http://discovery.example/v2/keys/_etcd/registry/ourSecretWord?x'),
    '--discovery: "http://discovery.example/v2/keys/_etcd/registry/ourS…?x" is not usable; give the URL of a token, such as http://HOST:PORT/TOKEN or http://HOST:PORT/v2/keys/_etcd/registry/TOKEN',
  ],
  [
    env({ ETCD_DISCOVERY: 'ftp://root:pw@d/4f0d2c8e91b7a6530e1f9d8c7b6a5948' }),
    'ETCD_DISCOVERY: "ftp://***@d/4f0d…" is not usable; give the URL of a token, such as http://HOST:PORT/TOKEN or http://HOST:PORT/v2/keys/_etcd/registry/TOKEN',
  ],
  [
    flags('--discovery-tokens=4f0d2c8e91b7a6530e1f9d8c7b6a5948=3,5f0d2c8e91b7a6530e1f9d8c7b6a594=0'),
    '--discovery-tokens: "5f0d…=0" is not usable; give 32 digits from 0 to 9 and a to f, "=" and the number of members of its cluster, 1 to 1000, as TOKEN=SIZE',
  ],
  [
    flags('--advertise-client-urls=http://u:pw@h:1'),
    '--advertise-client-urls: "http://***@h:1" has more than a host and a port; write it as http://HOST:PORT without a path',
  ],
  [
    flags('http://d:1/4f0d2c8e91b7a6530e1f9d8c7b6a5948'),
    'unexpected argument "http://d:1/4f0d…": what is no command has to be a flag; write --FLAG=VALUE, and see --help',
  ],
  [flags('--name'), '--name needs a value and is the last argument; write --name=VALUE'],
  [flags('--name', '--data-dir', 'x'), '--name needs a value but is followed by "--data-dir"; write --name=VALUE'],
  [
    flags('start'),
    'unexpected argument "start": what is no command has to be a flag; write --FLAG=VALUE, and see --help. Commands for keys, users and locks (get, user, lock, top) are those of cairnctl, or cairn ctl',
  ],
  [
    flags('--auto-rejoin', 'false'),
    'unexpected argument "false": what is no command has to be a flag; join the value of a switch to it, as in --debug=false',
  ],
  [
    flags('--', 'x'),
    'unexpected argument "--": what is no command has to be a flag; write --FLAG=VALUE, and see --help',
  ],
  [
    flags('---name=x'),
    'unexpected argument "---name=x": what is no command has to be a flag; write --FLAG=VALUE, and see --help',
  ],
  [flags('-'), 'unexpected argument "-": what is no command has to be a flag; write --FLAG=VALUE, and see --help'],
  [flags(''), 'unexpected argument "": what is no command has to be a flag; write --FLAG=VALUE, and see --help'],
  [flags('--help=maybe'), '--help: "maybe" is neither true nor false; write true or false'],
  // Texts and words.
  [flags('--name=a b'), `--name: "a b" is not usable; ${NAME_EXPECTED}`],
  [flags('--name='), `--name: "" is not usable; ${NAME_EXPECTED}`],
  [flags('--name=a\u0007b'), `--name: "a\\u0007b" is not usable; ${NAME_EXPECTED}`],
  [flags('--name=a\u0085b'), `--name: "a b" is not usable; ${NAME_EXPECTED}`],
  [flags('--name=a\ud800'), `--name: "a\\ud800" is not usable; ${NAME_EXPECTED}`],
  [flags('--name=\ufffd'), `--name: "\ufffd" is not usable; ${NAME_EXPECTED}`],
  [flags('--name=a\u202eb'), `--name: "a\u202eb" is not usable; ${NAME_EXPECTED}`],
  [flags('--name=..'), `--name: ".." is not usable; ${NAME_EXPECTED}`],
  [flags(`--name=${'名'.repeat(86)}`), `--name: "${'名'.repeat(80)}..." is not usable; ${NAME_EXPECTED}`],
  [file('name: ""'), `/c.yaml:1: name: "" is not usable; ${NAME_EXPECTED}`],
  [flags('--data-dir=a\nb'), '--data-dir: "a\\nb" is not usable; give the path of a directory'],
  [
    flags('--initial-cluster-token='),
    '--initial-cluster-token: "" is not usable; give 1 to 1024 characters on one line',
  ],
  [
    flags('--initial-cluster-state=old'),
    '--initial-cluster-state: "old" is not one of its values; write new or existing',
  ],
  [
    env({ ETCD_LOG_LEVEL: 'loud' }),
    'ETCD_LOG_LEVEL: "loud" is not one of its values; write debug, info, warn, error, dpanic, panic or fatal',
  ],
  [flags('--log-format=JSON'), '--log-format: "JSON" is not one of its values; write auto, json or pretty'],
  [flags('--auto-rejoin=yes'), '--auto-rejoin: "yes" is neither true nor false; write true or false'],
  [flags('-v=loud'), '--v: "loud" is neither true nor false; write true or false'],
  [
    flags('--cors=example.com'),
    '--cors: "example.com" is not usable; give origins like https://example.com:8080 separated by commas, or *',
  ],
  // Numbers.
  [flags('--heartbeat-interval=100ms'), '--heartbeat-interval: "100ms" is not a whole number; give 1 to 10000 ms'],
  [flags('--heartbeat-interval=0'), '--heartbeat-interval: 0 is out of range; give 1 to 10000 ms'],
  [env({ ETCD_ELECTION_TIMEOUT: '50001' }), 'ETCD_ELECTION_TIMEOUT: 50001 is out of range; give 5 to 50000 ms'],
  [flags('--snapshot-count=-1'), '--snapshot-count: -1 is out of range; give 1 to 10000000'],
  [flags('--snapshot-count=1.5'), '--snapshot-count: "1.5" is not a whole number; give 1 to 10000000'],
  [flags('--history-length='), '--history-length: "" is not a whole number; give 1 to 1000000'],
  [flags('--max-request-bytes=10MB'), '--max-request-bytes: "10MB" is not a whole number; give 1024 to 25165824 bytes'],
  [flags('--http-read-timeout=5m'), '--http-read-timeout: "5m" is not a number of seconds; write it like 300 or 0.5'],
  [flags('--http-read-timeout=0'), '--http-read-timeout: 0 is out of range; give 100 to 3600000 ms'],
  // URLs.
  [
    flags('--listen-peer-urls=localhost:2380'),
    '--listen-peer-urls: "localhost:2380" is not a URL; write it as http://HOST:PORT',
  ],
  [flags('--listen-peer-urls='), '--listen-peer-urls: "" is not a URL; write it as http://HOST:PORT'],
  [flags('--listen-peer-urls=,'), '--listen-peer-urls: "," is not a URL; write it as http://HOST:PORT'],
  [
    flags('--listen-peer-urls=https://a:1'),
    '--listen-peer-urls has https://a:1, and there is no certificate for it; give --peer-cert-file and --peer-key-file, or --peer-auto-tls to try it out, or write the URL with http',
  ],
  [
    flags('--listen-peer-urls=unix://a:1'),
    '--listen-peer-urls: "unix://a:1" has the scheme "unix"; write it as http://HOST:PORT or https://HOST:PORT',
  ],
  [flags('--listen-peer-urls=http://a'), '--listen-peer-urls: "http://a" has no port; write it as http://HOST:PORT'],
  [
    flags('--listen-peer-urls=http://:1'),
    '--listen-peer-urls: "http://:1" has no usable host; write a name, an IPv4 address or an IPv6 address in brackets',
  ],
  [
    flags('--listen-peer-urls=http://::1:1'),
    '--listen-peer-urls: "http://::1:1" has no usable host; write a name, an IPv4 address or an IPv6 address in brackets',
  ],
  [
    flags('--listen-peer-urls=http://a:65536'),
    '--listen-peer-urls: "http://a:65536" has no usable port; give a number from 0 to 65535',
  ],
  [
    flags('--advertise-client-urls=http://a:0'),
    '--advertise-client-urls: "http://a:0" has no usable port; give a number from 1 to 65535',
  ],
  [
    flags('--listen-peer-urls=http://a:1/'),
    '--listen-peer-urls: "http://a:1/" has more than a host and a port; write it as http://HOST:PORT without a path',
  ],
  [
    flags('--listen-peer-urls=http://a:1,http://A:1'),
    '--listen-peer-urls: "http://A:1" is in the list twice; give each URL once',
  ],
  // Older addresses.
  [
    flags('-addr=10.0.0.1'),
    '--addr: "10.0.0.1" is not an address; write HOST:PORT or PORT, or use --advertise-client-urls',
  ],
  [flags('-addr=:4001'), '--addr: ":4001" is not an address; write HOST:PORT or PORT, or use --advertise-client-urls'],
  [
    flags('-c', 'http://a:1'),
    '--c: "http://a:1" is not an address; write HOST:PORT or PORT, or use --advertise-client-urls',
  ],
  [
    env({ ETCD_PEER_BIND_ADDR: 'a:b' }),
    'ETCD_PEER_BIND_ADDR: "a:b" is not an address; write HOST:PORT, HOST or :PORT, or use --listen-peer-urls',
  ],
  [
    flags('-addr=a:1', '--advertise-client-urls=http://a:1'),
    '--addr and --advertise-client-urls are two ways to say the same; use only --listen-client-urls and --advertise-client-urls',
  ],
  [
    { argv: ['--listen-peer-urls=http://a:1'], env: { ETCD_PEER_ADDR: 'a:1' } },
    'ETCD_PEER_ADDR and --listen-peer-urls are two ways to say the same; use only --listen-peer-urls and --initial-advertise-peer-urls',
  ],
  // Finding a cluster.
  ...['https://d', 'https://d/', 'd/token', 'ftp://d/token', 'http://d/t?x=1', 'http://user@d/t'].map(
    (url): readonly [Written, string] => [
      flags(`--discovery=${url}`),
      `--discovery: "${url.replace('user@', '***@')}" is not usable; give the URL of a token, such as http://HOST:PORT/TOKEN or ` +
        'http://HOST:PORT/v2/keys/_etcd/registry/TOKEN',
    ],
  ),
  [
    flags('--discovery-fallback=wait'),
    '--discovery-fallback: "wait" is not one of its values; write proxy, exit or join',
  ],
  [flags('--discovery-srv=a b'), '--discovery-srv: "a b" is not usable; give a domain name'],
  [
    flags('--join-urls=http://a:2380,http://b'),
    '--join-urls: "http://b" is not usable; give peer URLs like http://HOST:PORT or https://HOST:PORT separated by commas',
  ],
  [
    flags('--join-urls=http://a:2380,http://10.0.0.1:72380'),
    '--join-urls: "http://10.0.0.1:72380" has no usable port; give a number from 1 to 65535',
  ],
  [
    flags('--join-urls=http://10.0.0.300:2380'),
    '--join-urls: "http://10.0.0.300:2380" has no usable host; write a name, an IPv4 address or an IPv6 address in brackets',
  ],
  [flags('--peers=a:1,b:0'), '--peers: "http://b:0" has no usable port; give a number from 1 to 65535'],
  // Options against each other.
  [
    flags(
      '--discovery=http://d/t',
      '--initial-cluster=default=http://localhost:2380,default=http://localhost:7001,b=http://b:1',
    ),
    '--initial-cluster and --discovery are given together; give one of them: each says how the cluster begins',
  ],
  [
    { argv: ['--discovery=http://d/t'], env: { ETCD_DISCOVERY_SRV: 'example.com' } },
    '--discovery and ETCD_DISCOVERY_SRV are given together; give one of them: each says how the cluster begins',
  ],
  [
    flags('--discovery=http://d/t', '--initial-cluster-state=existing'),
    '--discovery is given with --initial-cluster-state existing, but a token is for a new cluster; to join a running one name ' +
      'its members with --join-urls',
  ],
  [
    flags('--listen-client-urls=http://a:1'),
    '--listen-client-urls is given without the URLs that clients use; give --advertise-client-urls too',
  ],
  [
    env({ ETCD_LISTEN_CLIENT_URLS: 'http://a:1' }),
    'ETCD_LISTEN_CLIENT_URLS is given without the URLs that clients use; give --advertise-client-urls too',
  ],
  [
    flags('--heartbeat-interval=201'),
    'the default --election-timeout of 1000 ms is less than 5 times --heartbeat-interval of 201 ms; raise the first or lower the second',
  ],
  [
    flags('--election-timeout=499'),
    '--election-timeout of 499 ms is less than 5 times the default --heartbeat-interval of 100 ms; raise the first or lower the second',
  ],
  [
    flags('--request-receive-timeout=9999'),
    '--request-receive-timeout of 9999 ms is less than the default --request-header-timeout of 10000 ms; raise the first or lower the second',
  ],
  [
    flags('-c', '7001', '-s', '7001'),
    '--c and --s both have http://127.0.0.1:7001; give clients and members different ports',
  ],
  [
    flags('--listen-metrics-urls=http://localhost:2379'),
    'the default --listen-client-urls and --listen-metrics-urls both have http://localhost:2379; leave the second out: clients have /metrics in any case',
  ],
  [
    flags('--listen-metrics-urls=http://localhost:2380'),
    'the default --listen-peer-urls and --listen-metrics-urls both have http://localhost:2380; give members and metrics different ports',
  ],
  [
    flags('--listen-metrics-urls=http://127.0.0.1:2379'),
    'the default --listen-client-urls has http://localhost:2379 and --listen-metrics-urls http://127.0.0.1:2379, which is the same port; leave the second out: clients have /metrics in any case',
  ],
  [
    flags('--listen-client-urls=http://0.0.0.0:2380', '--advertise-client-urls=http://x:2380'),
    '--listen-client-urls has http://0.0.0.0:2380 and the default --listen-peer-urls http://localhost:2380, which is the same port; give clients and members different ports',
  ],
  [
    flags('--listen-client-urls=http://[::1]:2380', '--advertise-client-urls=http://x:2380'),
    '--listen-client-urls has http://[::1]:2380 and the default --listen-peer-urls http://localhost:2380, which is the same port; give clients and members different ports',
  ],
  // The initial cluster.
  [
    flags('--initial-cluster=http://a:1'),
    '--initial-cluster: "http://a:1" is not an entry of the list; write each as NAME=http://HOST:PORT',
  ],
  [
    flags('--initial-cluster=default'),
    '--initial-cluster: "default" is not an entry of the list; write each as NAME=http://HOST:PORT',
  ],
  // The file.
  [file('nmae: x'), '/c.yaml:1: "nmae" is not an option; did you mean name?'],
  [file('\nxyzxyzxyz: 1'), '/c.yaml:2: "xyzxyzxyz" is not an option; see --help for those there are'],
  [
    file('name: x\nsnapshot-count: "5"'),
    '/c.yaml:2: snapshot-count: the text "5" is not what it takes; write a whole number without quotes',
  ],
  [
    file('name: 5'),
    '/c.yaml:1: name: the number 5 is not what it takes; write text, in quotes if it looks like something else',
  ],
  [
    file('auto-rejoin: yes'),
    '/c.yaml:1: auto-rejoin: the text "yes" is not what it takes; write true or false without quotes',
  ],
  [
    file('auto-rejoin: 1'),
    '/c.yaml:1: auto-rejoin: the number 1 is not what it takes; write true or false without quotes',
  ],
  [
    file('listen-peer-urls: 2380'),
    '/c.yaml:1: listen-peer-urls: the number 2380 is not what it takes; write a list of texts, or one text with commas',
  ],
  [file('cors: [1]'), '/c.yaml:1: cors: a list is not what it takes; write a list of texts, or one text with commas'],
  [
    file('cors: [[a]]'),
    '/c.yaml:1: cors: a list of more than texts is not what it takes; write a list of texts, or one text with commas',
  ],
  [
    file('name: {a: b}'),
    '/c.yaml:1: name: a mapping is not what it takes; write text, in quotes if it looks like something else',
  ],
  [
    file('name: [a]'),
    '/c.yaml:1: name: a list is not what it takes; write text, in quotes if it looks like something else',
  ],
  [file('snapshot-count: 0'), '/c.yaml:1: snapshot-count: 0 is out of range; give 1 to 10000000'],
  [file('snapshot-count: .inf'), '/c.yaml:1: snapshot-count: "Infinity" is not a whole number; give 1 to 10000000'],
  [
    file('heartbeat-interval: 300'),
    'the default --election-timeout of 1000 ms is less than 5 times /c.yaml:1: heartbeat-interval of 300 ms; raise the first or lower the second',
  ],
  [file('version: true'), '/c.yaml:1: version cannot be in a file; remove it and use the flag --version'],
  [
    file('name: x\nconfig-file: y'),
    '/c.yaml:2: config-file cannot be in a file; remove it and use the flag --config-file or ETCD_CONFIG_FILE',
  ],
  [file('- name'), '/c.yaml:1: there are no options; write one a line as NAME: VALUE'],
  [file('just text'), '/c.yaml:1: there are no options; write one a line as NAME: VALUE'],
  [file('1: 2'), '/c.yaml:1: a key is not a name; write each option as NAME: VALUE'],
  [file('name: a\nname: b'), '/c.yaml:2: the YAML is not well formed: Map keys must be unique; correct this line'],
  [
    file('name: a\n\tdata-dir: b'),
    '/c.yaml:2: the YAML is not well formed: Tabs are not allowed as indentation; correct this line',
  ],
  [
    file('peer-transport-security: x'),
    '/c.yaml:1: peer-transport-security has no options; write one a line as NAME: VALUE',
  ],
  [
    file('peer-transport-security:\n  cret-file: x'),
    '/c.yaml:2: "cret-file" is not an option of peer-transport-security; did you mean cert-file?',
  ],
  [
    file('client-transport-security:\n  name: x'),
    '/c.yaml:2: "name" is not an option of client-transport-security; see --help for those there are',
  ],
  [
    file('\npeer-transport-security:\n  cert-file: x'),
    '/c.yaml:3: cert-file is given without --peer-key-file; a certificate and its key belong together: give both',
  ],
  [
    flags('--config-file=/none.yaml'),
    '--config-file: the file "/none.yaml" cannot be read (ENOENT: no such file or directory, open \'/none.yaml\'); give the path of a YAML file',
  ],
  [
    env({ ETCD_CONFIG_FILE: '/none.yaml' }),
    'ETCD_CONFIG_FILE: the file "/none.yaml" cannot be read (ENOENT: no such file or directory, open \'/none.yaml\'); give the path of a YAML file',
  ],
  [flags('--config-file='), '--config-file is empty; give the path of a YAML file or remove it'],
  [
    flags('-config=/etc/etcd/etcd.conf'),
    '--config is not available: the TOML file of etcd 0.4 is not read; write its settings as YAML and give it with --config-file',
  ],
  [flags('--proxy=yes'), '--proxy: "yes" is not one of its values; write off, on or readonly'],
  [
    flags('--discovery-tokens=0123456789abcdef0123456789abcdef=0'),
    '--discovery-tokens: "0123…=0" is not usable; give 32 digits from 0 to 9 and a to f, "=" and ' +
      'the number of members of its cluster, 1 to 1000, as TOKEN=SIZE',
  ],
  [
    flags('--discovery-prefix=discovery.example.com'),
    '--discovery-prefix: "discovery.example.com" is not usable; give a URL like https://discovery.example.com without a query',
  ],
  // What would be dangerous to ignore.
  [
    flags('--proxy=readonly'),
    '--proxy has nobody to forward to; list the members with --initial-cluster, or give --discovery',
  ],
  [
    env({ ETCD_DISCOVERY_PROXY: 'http://proxy:3128' }),
    'ETCD_DISCOVERY_PROXY is not available: members speak to the discovery service directly; remove it and let them reach it',
  ],
  [
    flags('--force-new-cluster', '--proxy=on', '--initial-cluster=a=http://a:1'),
    '--force-new-cluster and --proxy are given together, but a proxy has no data to make a cluster from; remove one of them',
  ],
  [
    env({ ETCD_PEERS: 'a:7001', ETCD_PEERS_FILE: '/peers' }),
    'ETCD_PEERS and ETCD_PEERS_FILE are two ways to say the same; use one of them',
  ],
];

describe('a mistake in the configuration', () => {
  it.each(mistakes)('%j', (written, message) => {
    expect(messageOf(written)).toBe(message);
  });

  it('stays on one line and readable whatever its parts bring in', () => {
    const path = '/a\nb\u0007.yaml';
    const read = readerOf({ [path]: 'x' });
    expect(loadConfiguration(['--config-file', path], {}, read, build)).toEqual({
      kind: 'error',
      message: '/a b .yaml:1: there are no options; write one a line as NAME: VALUE',
    });
    expect(messageOf(flags(`--name=${'x'.repeat(500)}`)).length).toBeLessThan(250);
  });
});
