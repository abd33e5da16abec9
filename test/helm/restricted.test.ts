import { violations } from './restricted';

const good = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  volumes: [{ name: 'a', emptyDir: {} }],
  containers: [{ name: 'c', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
};

function withContainer(change: object) {
  const [container] = good.containers;
  return { ...good, containers: [{ ...container, securityContext: { ...container?.securityContext, ...change } }] };
}

describe('the check for the restricted profile', () => {
  it('accepts a pod that meets it', () => {
    expect(violations(good)).toEqual([]);
  });

  it.each([
    ['hostNetwork', { ...good, hostNetwork: true }],
    ['volume h is a hostPath', { ...good, volumes: [{ name: 'h', hostPath: { path: '/' } }] }],
    ['the pod runs as root', { ...good, securityContext: { ...good.securityContext, runAsUser: 0 } }],
    ['c: no seccomp profile', { ...good, securityContext: { runAsNonRoot: true } }],
    ['c: may run as root', { ...good, securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }],
    ['c: privilege escalation', withContainer({ allowPrivilegeEscalation: true })],
    ['c: keeps capabilities', withContainer({ capabilities: {} })],
    ['c: adds capabilities', withContainer({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } })],
    ['c: privileged', withContainer({ privileged: true })],
  ])('finds: %s', (expected, spec) => {
    expect(violations(spec)).toEqual([expected]);
  });

  it('looks at init containers too', () => {
    expect(violations({ ...good, initContainers: [{ name: 'i' }] })).toContain('i: privilege escalation');
  });
});
