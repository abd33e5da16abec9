/**
 * Headers that say who somebody is, in every form that one can be bent into. Each is understood as etcd 3.4 understands it, but that etcd closes
 * the connection where there is no name, and takes a header on two lines.
 */
import { connect } from 'node:net';
import { addUser, enableAuth, setGuest } from '../api/auth/userWith';
import { startUnderTest, type ApiUnderTest } from '../api/apiUnderTest';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startUnderTest();
  await addUser(api.member, 'ann', 'p:w:d', { read: ['/*'] });
  await addUser(api.member, 'jürgen', 'päss', { read: ['/*'] });
  await addUser(api.member, 'nul', 'ab\0cd', { read: ['/*'] });
  await setGuest(api.member, [], []);
  await enableAuth(api.member);
});

afterAll(() => api.server.close(100));

/** The status; 0: closed without an answer. Latin-1, as it is sent. */
function ask(lines: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(api.clientPort, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => (text += piece));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(Number(/^HTTP\/1\.\d (\d+)/.exec(text)?.[1] ?? 0));
    });
    socket.write(`GET /v2/keys/a HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${lines}\r\n`, 'latin1');
  });
}

const coded = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');
const header = (value: string): string => `Authorization: ${value}\r\n`;
const RIGHT = coded('ann:p:w:d');
const WRONG = coded('ann:no');

test.each([
  ['as it should be', header(`Basic ${RIGHT}`), 200],
  ['in small letters', header(`basic ${RIGHT}`), 200],
  ['in capitals, with spaces behind', `AUTHORIZATION: BASIC ${RIGHT}  \r\n`, 200],
  ['twice the same', header(`Basic ${RIGHT}`) + header(`Basic ${RIGHT}`), 200],
  ['of which the first is right', header(`Basic ${RIGHT}`) + header(`Basic ${WRONG}`), 200],
  ['of which the second is right', header(`Basic ${WRONG}`) + header(`Basic ${RIGHT}`), 401],
  ['of which the first is empty', header('') + header(`Basic ${RIGHT}`), 401],
  ['in one line', header(`Basic ${RIGHT}, Basic ${RIGHT}`), 401],
  ['with UTF-8', header(`Basic ${coded('jürgen:päss')}`), 200],
  ['with Latin-1', header(`Basic ${coded('jürgen:päss', 'latin1')}`), 401],
  ['with a name in other code points', header(`Basic ${coded('jürgen:päss'.normalize('NFD'))}`), 401],
  ['with a NUL in the password', header(`Basic ${coded('nul:ab\0cd')}`), 200],
  ['with a password that ends before its NUL', header(`Basic ${coded('nul:ab')}`), 401],
  ['with a password that differs behind its NUL', header(`Basic ${coded('nul:ab\0ce')}`), 401],
  ['with a NUL in the name', header(`Basic ${coded('ann\0:p:w:d')}`), 401],
  ['without a colon', header(`Basic ${coded('ann')}`), 401],
  ['with nothing but a colon', header(`Basic ${coded(':')}`), 401],
  ['without a name', header(`Basic ${coded(':p:w:d')}`), 401],
  ['without a password', header(`Basic ${coded('ann:')}`), 401],
  ['with two spaces', header(`Basic  ${RIGHT}`), 401],
  ['with a tab', header(`Basic\t${RIGHT}`), 401],
  ['with a space in it', header(`Basic ${RIGHT.slice(0, 4)} ${RIGHT.slice(4)}`), 401],
  ['without its padding', header(`Basic ${coded('ann:p:w:dd').replace(/=/g, '')}`), 401],
  ['with more padding', header(`Basic ${RIGHT}====`), 401],
  ['that is no base64', header('Basic !!!!'), 401],
  ['of a word alone', header('Basic'), 401],
  ['of another scheme', header(`Bearer ${RIGHT}`), 401],
  ['of a proxy', `Proxy-Authorization: Basic ${RIGHT}\r\n`, 401],
  ['of a name that objects have', header(`Basic ${coded('__proto__:x')}`), 401],
  ['of 60 KB', header(`Basic ${coded(`big:${'y'.repeat(45_000)}`)}`), 401],
  ['with a control character', header('Basic \x01'), 400],
  ['with a NUL', header('Basic \0'), 400],
  ['with a space before its colon', `Authorization : Basic ${RIGHT}\r\n`, 400],
  ['on two lines', `Authorization: Basic\r\n ${RIGHT}\r\n`, 400],
])('a header %s', async (_, lines, status) => {
  expect(await ask(lines)).toBe(status);
});
