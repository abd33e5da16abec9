import { faultOfUrl } from '../urls';
import type { ActiveOption, Kind } from './types';

const domain = /^(?=.{0,253}$)([a-z0-9_-]+(\.[a-z0-9_-]+)*\.?)?$/i;

const path = {
  type: 'string',
  matches: /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{0,4096}$/,
  expected: 'give the path of a file in PEM form',
} as const satisfies Kind;

/** How a member without data finds a cluster, where nobody lists the members. */
export const discoveryOptions = {
  discovery: {
    status: 'active',
    secret: true,
    group: 'Discovery',
    kind: {
      type: 'string',

      matches: /^(https?:\/\/[^\s/?#@,\u0000-\u001f]{1,260}\/[^\s?#\u0000-\u001f]{0,2000}[^\s/?#\u0000-\u001f]\/*)?$/i,
      expected:
        'give the URL of a token, such as http://HOST:PORT/TOKEN or http://HOST:PORT/v2/keys/_etcd/registry/TOKEN',
    },
    default: '',
    help:
      'URL of a token of a discovery service. Members without data meet there and found a cluster when as many are ' +
      'registered as the token says. Write it the same for every member. Ignored once there is data.',
  },
  'discovery-protocol': {
    status: 'active',
    group: 'Discovery',
    kind: { type: 'enum', values: ['auto', '2.3', '0.4'] },
    default: 'auto',
    help:
      'How members meet: 2.3 waits for the size the token has, 0.4 lets the first one begin and the others join. auto is ' +
      '2.3 for a token with a size, 0.4 for a directory without one, and an error where there is nothing.',
  },
  'discovery-fallback': {
    status: 'active',
    group: 'Discovery',
    kind: { type: 'enum', values: ['proxy', 'exit', 'join'] },
    default: 'proxy',
    help:
      'What a member does that comes to a token after all places are taken: forward requests to the cluster, exit with ' +
      'code 8, or have itself added to the cluster.',
  },
  'discovery-cacert': {
    status: 'active',
    group: 'Discovery',
    kind: path,
    default: '',
    help: 'CAs of the certificate of a discovery service at an https URL (PEM). Empty: those that Node.js trusts.',
  },
  'discovery-cert': {
    status: 'active',
    group: 'Discovery',
    kind: path,
    default: '',
    help: 'Certificate to show to a discovery service that demands one (PEM).',
  },
  'discovery-key': {
    status: 'active',
    group: 'Discovery',
    kind: path,
    default: '',
    help: 'Private key of --discovery-cert (PEM, without a passphrase).',
  },
  'discovery-srv': {
    status: 'active',
    group: 'Discovery',
    kind: { type: 'string', matches: domain, expected: 'give a domain name' },
    default: '',
    help:
      'Domain whose DNS SRV records _etcd-server-ssl._tcp (https) and _etcd-server._tcp (http) name the members of a new ' +
      'cluster.',
  },
  'discovery-srv-name': {
    status: 'active',
    group: 'Discovery',
    kind: { type: 'string', matches: /^[a-z0-9_-]{0,48}$/i, expected: 'give letters, digits, "-" and "_"' },
    default: '',
    help:
      'Suffix of the service in the SRV records: with NAME they are _etcd-server-ssl-NAME._tcp and ' +
      '_etcd-server-NAME._tcp.',
  },
  'join-urls': {
    status: 'active',
    group: 'Discovery',
    kind: {
      type: 'strings',
      placeholder: 'URL,...',
      matches: /^https?:\/\/(\[[0-9a-f:.]{2,45}\]|[^\s/?#@,:[\]]{1,253}):\d{1,5}$/i,
      expected: 'give peer URLs like http://HOST:PORT or https://HOST:PORT separated by commas',
      faultOf: faultOfUrl,
    },
    default: '',
    help:
      'Peer URLs that a member without data asks first. If a cluster answers, the member joins it, by itself and as a ' +
      'learner at first; if not, it begins as it is configured otherwise. Its own URL may be in the list. A member with data ' +
      'asks there whom to let in, when none of the members that it knows answers.',
  },
} as const satisfies Record<string, ActiveOption>;
