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

  it('stay on one line', () => {
    expect(run({ env: { 'ETCD_\n': 'x' } }).warnings).toEqual(['ETCD_  is no option and has no effect']);
  });
});
