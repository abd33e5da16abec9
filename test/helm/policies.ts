import { commands } from '../../src/app/commands';
import { containersOf, describeWithHelm, idOf, NEW, OLD, podsOf, render, valueSets, type Manifest } from './chart';
import { violations } from './restricted';

/** A label of DNS; names of objects end up in host names and label values. */
const NAME = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What the container is that gives volumes away. */
const OF_ROOT = ['may run as root', 'runs as root', 'adds capabilities'].map((what) => `volume-permissions: ${what}`);

/** What a value set asks for that the profile does not allow. */
const UNRESTRICTED: Readonly<Record<string, readonly string[]>> = {
  'volume-permissions': OF_ROOT,
  'volume-permissions-backup': OF_ROOT,
};

function selects(selector: Manifest, labels: Manifest): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

describeWithHelm.each(valueSets)('the value set %s', (valueSet) => {
  const old = render(valueSet, OLD);
  const both = [...old, ...render(valueSet, NEW)];
  const pods = podsOf(both);

  it('meets the restricted profile', () => {
    const found = pods.flatMap(({ spec }) => violations(spec));
    expect([...new Set(found)]).toEqual(UNRESTRICTED[valueSet] ?? []);
    for (const { spec } of pods) {
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(containersOf(spec).every((container) => container.securityContext.readOnlyRootFilesystem)).toBe(true);
    }
  });

  it('shows the last words of a container that ended where `kubectl describe` looks for them', () => {
    // What the values bring is theirs.
    const own = pods.flatMap(({ spec }) => containersOf(spec)).filter((one) => !['first', 'beside'].includes(one.name));
    expect([...new Set(own.map((one) => one.terminationMessagePolicy))]).toStrictEqual(['FallbackToLogsOnError']);
  });

  it('gives every object a name of its own that Kubernetes takes, and no namespace', () => {
    const ids = old.map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    for (const one of both) {
      expect(one.metadata.name).toMatch(NAME);
      if (!['ServiceMonitor', 'ConfigMap'].includes(one.kind)) expect(one.metadata.namespace).toBeUndefined();
    }
  });

  it('names the protocol of every port', () => {
    const ports = [
      ...both.filter(({ kind }) => kind === 'Service').flatMap(({ spec }) => spec.ports),
      ...both
        .filter(({ kind }) => kind === 'NetworkPolicy')
        .flatMap(({ spec }) => spec.ingress.flatMap((rule: Manifest) => rule.ports)),
      ...pods.flatMap(({ spec }) => containersOf(spec).flatMap((container) => container.ports ?? [])),
    ];
    expect(ports.filter(({ protocol }) => protocol !== 'TCP')).toEqual([]);
  });

  it('selects the pods that are meant, by ports they have', () => {
    const templates = podsOf(old).filter(({ owner }) => /^(StatefulSet|Deployment)/.test(owner));
    for (const service of old.filter(({ kind }) => kind === 'Service')) {
      const chosen = templates.filter(({ labels }) => selects(service.spec.selector, labels));
      expect(chosen).toHaveLength(1);
      const named = chosen[0]?.spec.containers[0].ports.map((port: Manifest) => port.name);
      for (const { targetPort } of service.spec.ports) expect(named).toContain(targetPort);
    }
    for (const { kind, spec } of old.filter((one) => /StatefulSet|Deployment/.test(one.kind))) {
      const own = templates.find(({ owner }) => owner.startsWith(kind));
      expect(selects(spec.selector.matchLabels, own?.labels)).toBe(true);
    }
  });

  it('lets nobody but members to the peer port and to the discovery service', () => {
    const members = podsOf(old).find(({ owner }) => owner.startsWith('StatefulSet'));
    for (const policy of old.filter(({ kind }) => kind === 'NetworkPolicy')) {
      const closed: Manifest = policy.spec.ingress[0];
      expect(selects(closed.from[0].podSelector.matchLabels, members?.labels)).toBe(true);
      for (const { labels } of podsOf(old).filter(({ owner }) => /^(Job|Pod)/.test(owner)))
        expect(selects(closed.from[0].podSelector.matchLabels, labels)).toBe(false);
    }
  });

  it('lets members to the store that their init containers ask', () => {
    const members = podsOf(old).find(({ owner }) => owner.startsWith('StatefulSet'));
    const environment = containersOf(members?.spec).flatMap(({ env }) => env ?? []);
    const endpoint = environment.find((one: Manifest) => one.name === 'RCLONE_S3_ENDPOINT')?.value;
    const policy = old.find(({ kind, metadata }) => kind === 'NetworkPolicy' && !metadata.name.endsWith('-discovery'));
    if (endpoint === undefined || policy === undefined) return;
    const open = policy.spec.egress.filter(({ to }: Manifest) => to === undefined);
    const ports = open.flatMap((rule: Manifest) => rule.ports.map(({ port }: Manifest) => String(port)));
    expect(ports).toContain(new URL(endpoint).port || (endpoint.startsWith('http:') ? '80' : '443'));
    // Behind a Service the port is another one.
    const [service, namespace, svc] = new URL(endpoint).hostname.split('.');
    const recent = both.slice(old.length).find((one) => idOf(one) === idOf(policy));
    const wholly = recent?.spec.egress.filter(({ ports: some }: Manifest) => some === undefined);
    const spaces = wholly.flatMap(({ to }: Manifest) =>
      to.flatMap((one: Manifest) => Object.values(one.namespaceSelector?.matchLabels ?? {})),
    );
    if (svc === 'svc') expect([service, spaces]).toEqual([service, [namespace]]);
    else expect(spaces).toEqual([]);
  });

  it('gives whatever loads the state half of its memory as heap: Node.js would stop at 2 GiB', () => {
    for (const { spec } of pods) {
      for (const { name, args = [], env = [], resources } of containersOf(spec)) {
        const loads = name === 'cairn' || ['verify', 'save', 'restore-once'].some((word) => args.includes(word));
        if (!loads || resources?.limits?.memory === undefined) continue;
        const heap = env.find((one: Manifest) => one.name === 'NODE_OPTIONS')?.value;
        expect([name, heap]).toEqual([name, expect.stringMatching(/^--max-old-space-size=\d+$/)]);
        // What the members are given in extraEnv.
        if (valueSet === 'heap-by-hand') expect([name, heap]).toEqual([name, '--max-old-space-size=1400']);
      }
    }
  });

  it('is asked by its own hooks under names that it answers to', () => {
    const members = podsOf(old).find(({ owner }) => owner.startsWith('StatefulSet'));
    const environment = containersOf(members?.spec).flatMap(({ env }) => env ?? []);
    const listed = environment.find((one: Manifest) => one.name === 'ETCD_HOST_WHITELIST')?.value as string | undefined;
    if (listed === undefined) return;
    const urls = podsOf(old).flatMap(({ owner, spec }) =>
      /^(Job|CronJob|Pod)/.test(owner)
        ? containersOf(spec).flatMap(({ args = [] }) => args.filter((word: string) => word.startsWith('--url=')))
        : [],
    );
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls) expect(listed.split(',')).toContain(new URL(url.slice('--url='.length)).hostname);
  });

  it('keeps tokens and passwords out of command lines, where everybody on the node reads them', () => {
    for (const { spec } of pods) {
      for (const { env, args, command } of containersOf(spec)) {
        // The id of a restore is part of file names; it lies beside the token that it is a hash of, and opens nothing.
        const isSecret = (ref: Manifest): boolean => ref !== undefined && ref.key !== 'restoreId';
        const secrets = (env ?? []).flatMap(({ name, valueFrom }: Manifest) =>
          isSecret(valueFrom?.secretKeyRef) ? [name] : [],
        );
        const words = [...(args ?? []), ...(command ?? [])].join(' ');
        expect(secrets.filter((secret: string) => words.includes(`$(${secret})`))).toEqual([]);
      }
    }
  });

  it('runs commands that there are', () => {
    for (const { spec } of pods) {
      for (const { args, lifecycle } of containersOf(spec)) {
        const preStop = lifecycle?.preStop.exec.command;
        if (preStop !== undefined) expect(preStop.slice(0, 2)).toEqual(['cairn', 'prestop']);
        const [word] = args ?? [];
        if (word !== undefined && !word.startsWith('--')) expect(Object.keys(commands)).toContain(word);
      }
    }
  });

  it('stays within what Kubernetes 1.20 knows', () => {
    const text = JSON.stringify(old);
    for (const word of ['policy/v1"', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'])
      expect(text).not.toContain(word);
  });
});
