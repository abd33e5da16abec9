import type { Manifest } from './chart';

/** The environment a container of the pod `podName` gets, with $(NAME) replaced as Kubernetes does: by what came before. */
export function environmentOf(
  container: Manifest,
  podName: string,
  secrets: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const from = valueFrom?.fieldRef?.fieldPath;
    const taken = from === 'metadata.name' ? podName : from === 'metadata.namespace' ? 'apps' : undefined;
    environment[name] = taken ?? secrets[valueFrom?.secretKeyRef?.key] ?? expand(String(value), environment);
  }
  return environment;
}

/** The arguments of a container, with $(NAME) replaced. */
export function argumentsOf(container: Manifest, environment: Readonly<Record<string, string>>): string[] {
  return (container.args ?? []).map((text: string) => expand(text, environment));
}

function expand(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\(([A-Z_]+)\)/g, (whole, name: string) => environment[name] ?? whole);
}
