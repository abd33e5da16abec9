/** Plays stories of commands: with etcdctl against etcd, or with cairnctl against Cairn. What differs from run to run is masked. */
import { RunningEtcdctl } from '../../processes/etcdctlRunner';
import { ServerProcess, type Program } from '../../support/serverProcess';
import { runCtl } from '../../ctl/etcdctl/inProcess';
import type { CommandOutcome, CommandStep } from './commandStory';
import { Masks } from './masks';

export class CommandPlayer {
  private readonly masks: Masks;

  private constructor(
    private readonly client: 'etcdctl' | 'cairnctl',
    private readonly server: ServerProcess,
  ) {
    this.masks = new Masks({ client: server.clientPort, peer: server.peerPort });
  }

  static async start(client: 'etcdctl' | 'cairnctl', program: Program): Promise<CommandPlayer> {
    const server = await ServerProcess.start(program, { name: 'e' });
    await server.untilPublished();
    return new CommandPlayer(client, server);
  }

  async play(step: CommandStep): Promise<CommandOutcome> {
    const args = step.run.map((argument) => this.masks.fill(argument));
    const url = `http://127.0.0.1:${this.server.clientPort}`;
    const variables = Object.entries(step.environment ?? {}).map(([name, text]) => [name, this.masks.fill(text)]);
    const environment: Record<string, string> = { ETCDCTL_ENDPOINTS: url, ...Object.fromEntries(variables) };
    const stdin = step.stdin ?? '';
    const { code, stdout, stderr } =
      this.client === 'etcdctl'
        ? await new RunningEtcdctl(url, args, stdin, environment).outcome()
        : await runCtl(args, { stdin: Buffer.from(stdin), environment });
    if (code === null) throw new Error(`${args.join(' ')} did not end by itself: ${stdout}${stderr}`);
    return { code, ...this.masked('stdout', stdout), ...this.masked('stderr', stderr) };
  }

  async end(): Promise<void> {
    await this.server.remove();
  }

  private masked(name: 'stdout' | 'stderr', text: string): Partial<CommandOutcome> {
    return text === '' ? {} : { [name]: this.masks.mask(text) };
  }
}
