/**
 * The file that a member writes into its data directory when the cluster has removed it: the data are of no further use.
 * `cairn clear-removed` looks for it.
 */
export const REMOVED_FILE = 'REMOVED';
