/** Answers about keys in the forms of --output. */
import { goJson } from './goText';
import { complain, print, type Io } from './io';
import type { EtcdNode, KeyAnswer } from './keyAnswers';

/** In the form that was asked for. One that does not exist is no error, as in etcdctl. */
export function printKeyAnswer(io: Io, answer: KeyAnswer, form: string): void {
  switch (form) {
    case 'simple':
      print(io, answer.action === 'delete' ? `PrevNode.Value: ${answer.prevNode?.value ?? ''}` : answer.node.value);
      return;
    case 'extended':
      for (const line of extended(answer)) print(io, line);
      return;
    case 'json':
      print(io, goJson(shape(answer)));
      return;
    default:
      complain(io, `Unsupported output format: ${form}`);
  }
}

/** With the labels that 0.4 had for indexes: docs/cairnctl.md. */
function extended({ action, node, prevNode, etcdIndex, raftIndex, raftTerm }: KeyAnswer): readonly string[] {
  return [
    `Key: ${node.key}`,
    `Created-Index: ${node.createdIndex}`,
    `Modified-Index: ${node.modifiedIndex}`,
    ...(prevNode === undefined ? [] : [`PrevNode.Value: ${prevNode.value}`]),
    `TTL: ${node.ttl}`,
    `Etcd-Index: ${etcdIndex}`,
    `Raft-Index: ${raftIndex}`,
    `Raft-Term: ${raftTerm}`,
    ...(action === 'delete' ? [] : ['', node.value]),
  ];
}

function shape({ action, node, prevNode }: KeyAnswer): object {
  return { action, node: nodeShape(node), prevNode: prevNode === undefined ? null : nodeShape(prevNode) };
}

function nodeShape({ key, isDir, value, nodes, createdIndex, modifiedIndex, expiration, ttl }: EtcdNode): object {
  return {
    key,
    ...(isDir ? { dir: true } : {}),
    value,
    nodes: nodes?.map(nodeShape) ?? null,
    createdIndex,
    modifiedIndex,
    ...(expiration === undefined ? {} : { expiration }),
    ...(ttl === 0 ? {} : { ttl }),
  };
}
