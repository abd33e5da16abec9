/** The notes as an object: `helm install` talks to a cluster before it prints them. A value for `extraObjects`. */
export const NOTES_OBJECT =
  '{"apiVersion":"v1","kind":"Notes","metadata":{"name":"notes"},"text":{{ include "cairn.notes" . | toJson }}}';
