import { containersOf, type Manifest } from './chart';

/** Volumes a pod may have (Pod Security Standards, restricted, "Volume Types"). */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** What the Pod Security Standard "restricted" finds wrong with a pod; empty if nothing. */
export function violations(spec: Manifest): string[] {
  return [...podViolations(spec), ...containersOf(spec).flatMap((container) => containerViolations(spec, container))];
}

function podViolations(spec: Manifest): string[] {
  const found: string[] = [];
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) if (spec[field] === true) found.push(field);
  for (const volume of spec.volumes ?? []) {
    for (const type of Object.keys(volume).filter((key) => key !== 'name'))
      if (!VOLUMES.includes(type)) found.push(`volume ${volume.name} is a ${type}`);
  }
  if ((spec.securityContext?.sysctls ?? []).length > 0) found.push('sysctls');
  if (spec.securityContext?.runAsUser === 0) found.push('the pod runs as root');
  if (spec.securityContext?.windowsOptions?.hostProcess === true) found.push('hostProcess');
  return found;
}

function containerViolations(spec: Manifest, container: Manifest): string[] {
  const own = container.securityContext ?? {};
  const pod = spec.securityContext ?? {};
  const found: string[] = [];
  const check = (isGood: boolean, what: string): void => {
    if (!isGood) found.push(`${container.name}: ${what}`);
  };
  check(own.allowPrivilegeEscalation === false, 'privilege escalation');
  check(own.privileged !== true, 'privileged');
  check((own.runAsNonRoot ?? pod.runAsNonRoot) === true, 'may run as root');
  check(own.runAsUser !== 0, 'runs as root');
  check(
    ['RuntimeDefault', 'Localhost'].includes((own.seccompProfile ?? pod.seccompProfile)?.type),
    'no seccomp profile',
  );
  check((own.capabilities?.drop ?? []).includes('ALL'), 'keeps capabilities');
  const added: string[] = own.capabilities?.add ?? [];
  check(
    added.every((name) => name === 'NET_BIND_SERVICE'),
    'adds capabilities',
  );
  check(own.procMount === undefined || own.procMount === 'Default', 'procMount');
  check(
    (container.ports ?? []).every((port: Manifest) => port.hostPort === undefined),
    'host ports',
  );
  return found;
}
