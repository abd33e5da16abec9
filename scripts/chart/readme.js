'use strict';

/** The tables of values in helm/cairn/README.md, between two marks. */
const { stringify } = require('yaml');

const BEGIN = '<!-- values: written by scripts/chart-files.js from values.yaml -->';
const END = '<!-- end of values -->';

function withTables(readme, rows) {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('the README of the chart has lost the marks around its tables');
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${tables(rows)}\n${readme.slice(end)}`;
}

function tables(rows) {
  const leaves = rows.filter((row) => row.isLeaf);
  const sections = [...new Set(leaves.map(({ section }) => section))];
  return sections
    .map((section) => {
      const lines = leaves.filter((row) => row.section === section).map(tableRow);
      return `### ${section}\n\n| Value | Default | Meaning |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function tableRow({ path, text, schema, value }) {
  const words = schema.enum === undefined ? '' : ` One of ${schema.enum.map((word) => `\`${word}\``).join(', ')}.`;
  const meaning = words !== '' && schema.enum.every((word) => text.includes(`\`${word}\``)) ? text : `${text}${words}`;
  return `| \`${path.join('.')}\` | \`${shown(value)}\` | ${meaning.replaceAll('|', '\\|')} |`;
}

function shown(value) {
  if (value === '') return "''";
  if (typeof value !== 'object') return String(value);
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}

module.exports = { withTables };
