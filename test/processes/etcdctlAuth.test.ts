/** Users, roles and rights with the real etcdctl, against Cairn and against a real etcd. */
import { ServerProcess, whyMissing } from '../support/serverProcess';
import type { Program } from '../support/serverProcess';
import { AUTH_STORY } from './etcdctlAuthStory';
import { runEtcdctl, whyNoEtcdctl } from './etcdctlRunner';

const PROGRAMS: readonly Program[] = ['cairn', 'etcd'];

for (const program of PROGRAMS) {
  const reason = whyNoEtcdctl() ?? whyMissing(program);
  (reason === undefined ? test : test.skip)(
    `etcdctl user, role and auth against ${program}`,
    async () => {
      const server = await ServerProcess.start(program);
      try {
        for (const { line, stdin, code = 0, stdout = '', stderr = '' } of AUTH_STORY) {
          const outcome = await runEtcdctl(server.clientUrl, line.split(' '), stdin);
          // It turns the echo of a terminal off, where there is none here.
          const said = outcome.stderr.replace(/^stty: .*\n/gm, '');
          expect({ line, code: outcome.code, stdout: outcome.stdout, stderr: said }).toEqual({
            line,
            code,
            stdout,
            stderr,
          });
        }
      } finally {
        await server.remove();
      }
    },
    60_000,
  );
}
