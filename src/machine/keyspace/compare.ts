import type { FileNode } from './node';

/**
 * The conditions of compareAndSwap and compareAndDelete. Undefined if they hold, else the cause that error 101 shows:
 * wanted against found, for each condition that failed, value first (spec v2-api section 4).
 */
export function compareFailure(node: FileNode, prevValue: string, prevIndex: bigint): string | undefined {
  const valueDiffers = prevValue !== '' && node.value !== prevValue;
  const indexDiffers = prevIndex !== 0n && BigInt(node.modifiedIndex) !== prevIndex;
  if (!valueDiffers && !indexDiffers) return undefined;
  const causes: string[] = [];
  if (valueDiffers) causes.push(`[${prevValue} != ${node.value}]`);
  if (indexDiffers) causes.push(`[${prevIndex} != ${node.modifiedIndex}]`);
  return causes.join(' ');
}
