'use strict';

// Ends the process with a sentence if this Node.js is too old. Written in the language of old ones, because they have to read it,
// and required before anything else.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 20 || (parts[0] === 20 && parts[1] < 19)) {
  process.stderr.write(
    'cairn: Node.js ' + process.versions.node + ' is too old; version 20.19 or newer is needed (https://nodejs.org)\n',
  );
  process.exit(1);
}
