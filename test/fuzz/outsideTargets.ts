/** What servers answer that a member asks, and what operators write. */
import { Duplex } from 'node:stream';
import { loadConfiguration } from '../../src/config/load';
import { JoinError } from '../../src/discovery/beginning';
import { parseRegistration } from '../../src/discovery/registrations';
import { Registry, RegistryUnavailable } from '../../src/discovery/registry';
import { FetchMembersError, fetchMembers } from '../../src/peer/fetchMembers';
import { only, NOTHING, texts, type Target } from './target';

/** A connection on which these bytes come, and then the end. */
function answering(bytes: Buffer): () => Duplex {
  return () => {
    const socket = new Duplex({
      read() {
        this.push(bytes);
        this.push(null);
      },
      write(_chunk, _encoding, done) {
        done();
      },
    });
    return Object.assign(socket, {
      setTimeout: () => socket,
      setNoDelay: () => socket,
      setKeepAlive: () => socket,
      ref: () => socket,
      unref: () => socket,
    });
  };
}

function response(body: string, more = ''): string {
  return `HTTP/1.1 200 OK\r\nX-Etcd-Index: 7\r\nX-Etcd-Cluster-Id: 6c3e73ee238ab33f\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

const DIRECTORY =
  '{"action":"get","node":{"key":"/_etcd/registry/t","dir":true,"nodes":[{"key":"/_etcd/registry/t/1f","value":"a=http://a:1","createdIndex":5}]}}';
const MEMBERS =
  '[{"id":9372538179322589801,"peerURLs":["http://10.0.0.1:2380"],"name":"infra1","clientURLs":["http://10.0.0.1:2379"]}]';

const CONFIGURATION_BYTES_MAX = 16 * 1024;

const build = { version: '0', nodeVersion: process.version, platform: 'test' };

export const outsideTargets: readonly Target[] = [
  {
    name: 'discovery-answers',
    seeds: texts(
      response(DIRECTORY),
      response('{"errorCode":100,"message":"Key not found","cause":"/x","index":9}'),
      'HTTP/1.1 404 Not Found\r\n\r\n',
    ),
    run: async (bytes) => {
      const environment = { signal: new AbortController().signal, dial: answering(bytes) };
      const found = await new Registry('http://d:1/t', environment).get('');
      if (found.kind === 'directory') {
        for (const node of found.nodes) parseRegistration(node);
      }
    },
    expects: only(JoinError, RegistryUnavailable),
  },
  {
    name: 'member-lists',
    seeds: texts(
      response(MEMBERS),
      response('[]'),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n',
    ),
    run: (bytes) => fetchMembers('http://m:1', 1000, answering(bytes)),
    expects: only(FetchMembersError),
  },
  {
    name: 'configurations',
    isSlow: true,
    seeds: texts(
      'name: a\ncors: ["https://a.example"]\nlisten-client-urls: http://127.0.0.1:1\nadvertise-client-urls: http://a:1\n',
      'peer-cert-file: /c\npeer-key-file: /k\npeer-cert-allowed-cn: a,b\ncipher-suites: TLS_AES_128_GCM_SHA256\ntls-min-version: TLS1.3\n',
      'initial-cluster: default=http://localhost:2380\nheartbeat-interval: 100\nquota-bytes: -1\nhost-whitelist: "*"\n',
    ),
    run: (bytes) => {
      // No operator writes a longer one, and the YAML library takes seconds for a quarter of a megabyte of mistakes.
      const text = bytes.toString('utf8', 0, CONFIGURATION_BYTES_MAX);
      loadConfiguration(['--config-file=/c'], {}, () => text, build);
      loadConfiguration(
        text.split('\n').map((line) => `--${line.replace(/: /, '=')}`),
        {},
        () => '',
        build,
      );
    },
    expects: NOTHING,
  },
];
