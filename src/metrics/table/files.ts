/** How many files the process has open, connections among them. */
import type { Readings } from '../readings';
import { gauge, type NumberRow } from '../row';

export const fileRows: readonly NumberRow<Pick<Readings, 'files'>>[] = [
  gauge('process_open_fds', ['Open file descriptors', '/proc'], ({ files }) => files.open),
  gauge('process_max_fds', ['How many file descriptors may be open', '/proc'], ({ files }) => files.limit),
];
