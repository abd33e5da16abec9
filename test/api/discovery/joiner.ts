/** A new member as etcd 2.3 lets it join through a discovery URL, over HTTP (spec cli-and-config section 4). */

export interface Registration {
  readonly key: string;
  readonly value: string;
  readonly createdIndex: number;
}

export interface Joined {
  /** `full`: it came too late. */
  readonly outcome: 'member' | 'full';
  /** The first ones to come, in the order in which they came. */
  readonly members: readonly Registration[];
}

interface Listing {
  readonly members: readonly Registration[];
  readonly index: number;
}

/** Joins as `id`; resolves when the cluster is complete. Rejects if the service does not keep to the protocol. */
export async function join(url: string, id: string, peerUrl: string): Promise<Joined> {
  const size = Number((await getJson(`${url}/_config/size`)).node.value);
  const before = await list(url);
  if (before.members.length >= size) return { outcome: 'full', members: before.members.slice(0, size) };
  const registration = await fetch(`${url}/${id}?prevExist=false`, {
    method: 'PUT',
    body: new URLSearchParams({ value: `${id}=${peerUrl}` }),
  });
  if (registration.status !== 201) throw new Error(`registration of ${id}: status ${registration.status}`);
  await registration.text();
  const after = await list(url);
  const members = [...after.members];
  for (let index = after.index; members.length < size;) {
    const next = await getJson(`${url}?wait=true&recursive=true&waitIndex=${index + 1}`);
    index = next.node.modifiedIndex;
    members.push(next.node);
  }
  const first = members.slice(0, size);
  return { outcome: first.some(({ key }) => key.endsWith(`/${id}`)) ? 'member' : 'full', members: first };
}

async function list(url: string): Promise<Listing> {
  const response = await fetch(url);
  const { node } = (await response.json()) as { node: { nodes?: Registration[] } };
  const members = (node.nodes ?? []).toSorted((one, other) => one.createdIndex - other.createdIndex);
  return { members, index: Number(response.headers.get('X-Etcd-Index')) };
}

async function getJson(url: string): Promise<{ node: Registration & { modifiedIndex: number } }> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url}: status ${response.status}: ${await response.text()}`);
  return (await response.json()) as { node: Registration & { modifiedIndex: number } };
}
