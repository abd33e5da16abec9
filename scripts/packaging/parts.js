'use strict';

/**
 * What `npm run test:packaging` is made of, in this order. A part is
 *   name      the word that asks for it
 *   summary   what it shows
 *   whyNot()  resolves with the reason why it cannot run here, undefined if it can
 *   run(say)  rejects if something is not as it should be; removes what it started either way
 */
const parts = [require('./imagePart'), require('./composePart'), require('./kubernetesPart')];

module.exports = { parts };
