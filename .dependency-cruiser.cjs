'use strict';

/** The arrows of docs/architecture.md: each folder under src/ and the folders it may import. */
const MAY_IMPORT = {
  raft: [],
  bytes: [],
  machine: ['bytes'],
  storage: ['raft', 'machine', 'bytes', 'platform'],
  peer: ['raft', 'bytes', 'platform'],
  member: ['raft', 'machine', 'storage', 'peer', 'platform'],
  api: ['member', 'machine', 'snapshot/format', 'config', 'tls', 'platform'],
  'snapshot/format': ['platform'],
  snapshot: ['storage', 'machine', 'member', 'raft', 'bytes', 'platform'],
  discovery: ['member', 'platform'],
  proxy: ['platform'],
  standby: ['discovery', 'platform'],
  limits: ['platform'],
  metrics: ['machine', 'storage', 'member', 'proxy', 'platform'],
  config: ['tls', 'platform'],
  // The words for TLS that fails are those of the server's own connections.
  client: ['tls/dialFailure.ts', 'tls/serverCheck.ts', 'platform'],
  mirror: ['client', 'platform'],
  ctl: ['client', 'mirror', 'config', 'snapshot', 'tls', 'platform'],
  tls: ['platform'],
  platform: [],
  // Runs in a browser: of the server it can use nothing, and of the client what is pure.
  dashboard: ['client/metricsText.ts'],
};

/** Folders that may only be looked at for their types (erased at run time). */
const TYPES_ONLY = [
  { from: 'storage', to: ['raft', 'machine'] },
  { from: 'peer', to: ['raft'] },
  { from: 'api', to: ['member'] },
  { from: 'metrics', to: ['machine', 'storage', 'member', 'proxy'] },
];

const PURE = ['raft', 'machine', 'bytes'];

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['^src/main\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
    ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
      name: `arrows-of-${folder}`,
      comment: `src/${folder} may import only: ${allowed.join(', ') || 'nothing outside itself'}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}(/|$)`) },
    })),
    {
      name: 'main-starts-app',
      comment:
        'src/main.ts and src/ctlMain.ts only pick what to run; src/app puts the parts together, and nothing else knows of it',
      severity: 'error',
      from: { path: '^src/(main|ctlMain)\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(app|config)/' },
    },
    {
      name: 'nobody-knows-app',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app/|(main|ctlMain)\\.ts$)' },
      to: { path: '^src/app/' },
    },
    {
      name: 'server-without-dashboard',
      comment: 'src/dashboard is built for browsers; the server only has its files (dist/dashboard)',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/dashboard/' },
      to: { path: '^src/dashboard/' },
    },
    {
      name: 'dashboard-model-is-pure',
      comment: 'what the dashboard decides is told apart from what it shows and asks for',
      severity: 'error',
      from: { path: '^src/dashboard/model/' },
      to: { pathNot: ['^src/dashboard/model/', '^src/client/metricsText\\.ts$'] },
    },
    ...TYPES_ONLY.map(({ from, to }) => ({
      name: `types-only-${from}`,
      comment: `src/${from} may import only types of ${to.join(', ')}`,
      severity: 'error',
      from: { path: `^src/${from}/` },
      // These files are the public faces: MemberError is a class and so exists at run time; rows.ts says what a byte string and what a row's checksum is.
      to: {
        path: to.map((name) => `^src/${name}/`),
        pathNot: ['/types\\.ts$', '^src/machine/rows\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    })),
    ...PURE.map((folder) => ({
      name: `pure-${folder}`,
      comment: `src/${folder} is pure: no npm package, no Node module`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core', 'npm-no-pkg', 'npm-unknown'] },
    })),
    {
      name: 'one-file-names-rocksdb',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/storage/rocksNative\\.ts$' },
      to: { path: 'node_modules/(@salto-io/)?rocksdb/' },
    },
    {
      name: 'koa-only-in-api',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/api/' },
      to: { path: 'node_modules/(koa|@koa)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
