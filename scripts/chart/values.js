'use strict';

/**
 * Reads helm/cairn/values.yaml with its comments, from which the chart's schema and the table in its README are made:
 *
 *   # ## Title                a section of the table begins
 *   # What the value means.   one or more lines before its key
 *   # @schema minimum: 1      what the default does not say about the type: the inside of a YAML map
 */
const { parse } = require('yaml');

const KEY = /^( *)([A-Za-z][A-Za-z0-9]*):/;
const COMMENT = /^ *# ?(.*)$/;

/** @returns rows in the order of the file: { path, section, text, schema, value, isLeaf } */
function readValues(source) {
  const values = parse(source);
  const rows = [];
  let section = '';
  let comments = [];
  let parents = [];
  for (const line of source.split('\n')) {
    const comment = COMMENT.exec(line);
    const key = KEY.exec(line);
    if (comment !== null) {
      const title = /^## (.+)/.exec(comment[1]);
      if (title === null) comments.push(comment[1]);
      else section = title[1];
    } else if (key !== null) {
      const depth = key[1].length / 2;
      parents = parents.slice(0, depth);
      const isInsideLeaf = parents.some((parent) => parent.isLeaf);
      if (!isInsideLeaf) {
        const row = rowOf([...parents.map(({ name }) => name), key[2]], section, comments, values);
        rows.push(row);
        parents.push({ name: key[2], isLeaf: row.isLeaf });
      } else parents.push({ name: key[2], isLeaf: true });
      comments = [];
    }
  }
  return rows;
}

function rowOf(path, section, comments, values) {
  const value = path.reduce((inner, name) => inner[name], values);
  const annotations = comments.filter((line) => line.startsWith('@schema ')).map((line) => line.slice(8));
  const schema = Object.assign({}, ...annotations.map((line) => parse(`{ ${line} }`)));
  const text = comments.filter((line) => !line.startsWith('@schema ')).join(' ');
  const isLeaf = !isMap(value) || schema.$ref !== undefined;
  const name = path.join('.');
  if (isLeaf && text === '') throw new Error(`values.yaml: ${name} has no comment`);
  if (isLeaf && isMap(value) && schema.$ref === undefined) throw new Error(`values.yaml: ${name} needs a @schema`);
  return { path, section, text, schema, value, isLeaf };
}

function isMap(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

module.exports = { readValues };
