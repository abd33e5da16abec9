import { run } from './support';

describe('warnings', () => {
  it('name variables that mean nothing, with a guess', () => {
    const env = { ETCD_HEARTBEAT_INTERVALL: '1', ETCD_VERSION: '2.3.8', ETCD_UNSUPPORTED_ARCH: 'arm' };
    expect(run({ env }).warnings).toEqual([
      'ETCD_HEARTBEAT_INTERVALL is no option and has no effect; did you mean ETCD_HEARTBEAT_INTERVAL?',
      'ETCD_UNSUPPORTED_ARCH is no option and has no effect',
      'ETCD_VERSION is no option and has no effect',
    ]);
  });

  it('leave the variables of others and empty ones alone', () => {
    const env = {
      ETCDCTL_ENDPOINTS: 'x',
      PATH: '/bin',
      ETCD: 'x',
      ETCD_NAME: '',
      ETCD_PEERS: '',
      ETCD_NONE: undefined,
    };
    const { warnings, configuration } = run({ env });
    expect(warnings).toEqual([]);
    expect(configuration.name).toBe('default');
  });

  it('point at addresses nobody can connect to', () => {
    const argv = ['--advertise-client-urls=http://0.0.0.0:1,http://a:1', '--initial-advertise-peer-urls=http://[::]:2'];
    expect(run({ argv }).warnings).toEqual([
      '--advertise-client-urls has http://0.0.0.0:1, which nobody can connect to from another machine',
      '--initial-advertise-peer-urls has http://[::]:2, which nobody can connect to from another machine',
    ]);
  });

  it('point at URLs that other members would be told and where nobody listens', () => {
    const argv = ['--listen-peer-urls=http://127.0.0.1:24800'];
    expect(run({ argv }).warnings).toEqual([
      '--listen-peer-urls is given without the URLs that other members use: they are told http://localhost:2380, ' +
        'http://localhost:7001, where this member does not listen; give --initial-advertise-peer-urls too',
    ]);
    expect(run({ argv: [...argv, '--initial-advertise-peer-urls=http://a:24800'] }).warnings).toEqual([]);
    expect(run({ argv: ['--listen-peer-urls=http://0.0.0.0:2380'] }).warnings).toEqual([]);
    expect(run({ argv: [...argv, '--proxy=on', '--initial-cluster=a=http://a:1'] }).warnings).toEqual([]);
  });

  it('stay on one line', () => {
    expect(run({ env: { 'ETCD_\n': 'x' } }).warnings).toEqual(['ETCD_  is no option and has no effect']);
  });
});
