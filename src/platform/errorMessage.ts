/** The message of anything that was thrown, also by code that has an Error class of its own (a native addon, a VM context). */
export function messageOf(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage && typeof error.message === 'string' ? error.message : String(error);
}
