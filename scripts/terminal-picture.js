'use strict';

// Writes docs/pictures/terminal.svg: what `npm start` and Ctrl-C look like on a terminal. It is recorded from a real
// run in this clone, on ports of its own; addresses are written as the usual ones.
//
//   node scripts/terminal-picture.js

const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
require('./run-typescript.js');
const { CTRL_C, PseudoTerminal, withoutWiped } = require('../test/terminal/pseudoTerminal.ts');
const { makePlace, ROOT } = require('../test/terminal/place.ts');

const FILE = join(ROOT, 'docs', 'pictures', 'terminal.svg');
const COLUMNS = 110;
const FONT_PX = 13;
const CELL_PX = FONT_PX * 0.6;
const LINE_PX = 18;
const MARGIN_PX = 14;
/** Foreground colours of the escape sequences that pino-pretty writes. */
const COLORS = {
  31: '#f47067',
  32: '#8ddb8c',
  33: '#daaa3f',
  34: '#6cb6ff',
  35: '#dcbdfb',
  36: '#76e3ea',
  90: '#909dab',
};
const PLAIN = '#d1d7e0';
const BACKGROUND = '#22272e';

async function record() {
  const place = await makePlace();
  const terminal = new PseudoTerminal(`exec npm start -- ${place.flags}`, { cwd: ROOT, columns: 4 * COLUMNS });
  try {
    await terminal.shows(/ready to serve clients/, 120_000);
    terminal.press(CTRL_C);
    await terminal.exited;
    const usual = (text) =>
      text
        .replaceAll(String(place.clientPort), '2379')
        .replaceAll(String(place.peerPort), '2380')
        .replaceAll(join(place.folder, 'data'), 'default.etcd');
    const log = usual(withoutWiped(terminal.screen).replaceAll('\r\n', '\n')).split('\n');
    // npm says with which command it starts; the options are those of this record.
    return log.filter((line) => line.trim() !== '' && !line.startsWith('>'));
  } finally {
    terminal.close();
    await terminal.exited;
    place.remove();
  }
}

/** Pieces of one colour. */
function piecesOf(line) {
  let color = PLAIN;
  return line.split(/\x1b\[([0-9;]*)m/).flatMap((part, at) => {
    if (at % 2 === 1) {
      color = COLORS[part] ?? PLAIN;
      return [];
    }
    return part === '' ? [] : [{ text: part, color }];
  });
}

/** As the terminal does: at the last column the line goes on below. */
function wrap(pieces) {
  const rows = [[]];
  let column = 0;
  for (const { text, color } of pieces) {
    for (let rest = text; rest !== '';) {
      const room = COLUMNS - column;
      const part = rest.slice(0, room);
      rows.at(-1).push({ text: part, color, column });
      column += part.length;
      rest = rest.slice(room);
      if (column === COLUMNS && rest !== '') {
        rows.push([]);
        column = 0;
      }
    }
  }
  return rows;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function svgOf(lines) {
  const rows = lines.flatMap((line) => wrap(piecesOf(line)));
  const width = Math.ceil(COLUMNS * CELL_PX + 2 * MARGIN_PX);
  const height = rows.length * LINE_PX + 2 * MARGIN_PX;
  const texts = rows.map((row, at) => {
    const spans = row.map(({ text, color, column }) => {
      const x = (MARGIN_PX + column * CELL_PX).toFixed(1);
      const length = (text.length * CELL_PX).toFixed(1);
      return `<tspan x="${x}" fill="${color}" textLength="${length}">${escaped(text)}</tspan>`;
    });
    return `<text y="${MARGIN_PX + at * LINE_PX + FONT_PX}" xml:space="preserve">${spans.join('')}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    '<title>npm start on a terminal</title>',
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${FONT_PX}">`,
    ...texts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

async function main() {
  const log = await record();
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, svgOf(['$ npm start', ...log, '$ ']));
  process.stdout.write(`${FILE}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
