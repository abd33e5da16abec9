/** The subdirectory of the data directory with certificates that the process made for itself (`--auto-tls`). */
export const SELF_MADE_DIRECTORY = 'tls';
