'use strict';

/** helm/cairn/values.schema.json: from the rows of values.yaml and, for `config`, from the table of options. */

/** Options that the chart sets itself; two that say the same would contradict each other sooner or later. */
const OWN_OPTIONS = new Set([
  'name',
  'data-dir',
  'listen-client-urls',
  'advertise-client-urls',
  'listen-peer-urls',
  'initial-advertise-peer-urls',
  'initial-cluster',
  'initial-cluster-state',
  'initial-cluster-token',
  'auto-rejoin',
  'listen-metrics-urls',
  'join-urls',
  'discovery',
  'discovery-fallback',
  'discovery-srv',
  'discovery-srv-name',
  'discovery-tokens',
  'proxy',
]);

const TEXTS = { type: 'array', items: { type: 'string' } };
/** Of keys. */
const PATTERNS = { type: 'array', items: { type: 'string', pattern: '^(/|[*]$)' } };
/** An amount of storage. Kubernetes refuses `8GB` only when half of the release is there. */
const QUANTITY = '^[0-9]+([.][0-9]+)?([kMGTPE]|[KMGTPE]i|[eE][0-9]+)?$';

/** @param activeRows the table of options: { name, option } */
function schemaOf(rows, activeRows) {
  const names = activeRows.map(({ name }) => name);
  const unknown = [...OWN_OPTIONS].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such options: ${unknown.join(', ')}; correct the list of the chart's own`);
  const free = activeRows.filter(({ name }) => !OWN_OPTIONS.has(name));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Written by scripts/chart-files.js from values.yaml and src/config/options; change it there.',
    title: 'Values of the chart cairn',
    ...objectOf(rows, []),
    $defs: {
      map: { type: 'object' },
      quantity: { type: ['string', 'integer'], pattern: QUANTITY },
      roles: {
        type: 'object',
        additionalProperties: { type: ['object', 'null'], ...onlyWith({ read: PATTERNS, write: PATTERNS }) },
      },
      user: {
        type: 'object',
        required: ['name'],
        ...onlyWith({
          // Part of a key of a Secret.
          name: { type: 'string', pattern: '^[A-Za-z0-9][-._A-Za-z0-9]{0,100}$' },
          roles: TEXTS,
          secretName: { type: 'string', pattern: '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$' },
          secretKey: { type: 'string', pattern: '^[-._A-Za-z0-9]+$' },
        }),
      },
      texts: { type: 'object', additionalProperties: { type: 'string' } },
      config: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(free.map(({ name, option }) => [name, optionSchema(option)])),
      },
    },
  };
}

/** What an object may have, and nothing else. */
function onlyWith(properties) {
  return { additionalProperties: false, properties };
}

function objectOf(rows, path) {
  const inside = rows.filter(
    (row) => row.path.length === path.length + 1 && path.every((name, at) => row.path[at] === name),
  );
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(inside.map((row) => [row.path.at(-1), valueSchema(rows, row)])),
  };
}

function valueSchema(rows, row) {
  if (!row.isLeaf) return objectOf(rows, row.path);
  if (row.schema.$ref !== undefined) return row.schema;
  return { description: row.text, type: typeOf(row.value), ...row.schema };
}

function typeOf(value) {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** What an option takes. Its own check, with a sentence about what is wrong, follows when the member starts. */
function optionSchema({ kind, help }) {
  const list = { type: ['string', 'array'], items: { type: 'string' } };
  switch (kind.type) {
    case 'string':
      return { description: help, type: 'string' };
    case 'integer':
    case 'duration':
      return { description: help, type: 'integer', minimum: kind.minimum, maximum: kind.maximum };
    case 'boolean':
      return { description: help, type: 'boolean' };
    case 'enum':
      return { description: help, type: 'string', enum: kind.values };
    case 'urls':
    case 'strings':
      return { description: help, ...list };
    default:
      throw new Error(`the chart does not know options of the kind ${kind.type}`);
  }
}

module.exports = { schemaOf };
