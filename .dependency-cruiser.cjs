// Imports run one way (docs/architecture.md): a room may import what stands below it, never above; the outside is named by one room each.
const rooms = [
  // from the top down; a room may import any room of a later line
  ['today', 'setup', 'privacy'],
  ['reviews'],
  ['figures'],
  ['actionItems', 'rhythms'],
  ['escalations'],
  ['approvals'],
  ['matters'],
  ['responses'],
  ['charter', 'people'],
];
const above = (index) => rooms.slice(0, index).flat();
const folder = (names) => `^bot/(${names.join('|')})/`;
const only = (name, owner, packages) => ({
  name: `only-${owner}-imports-${name}`,
  severity: 'error',
  comment: `${packages} is an edge: bot/${owner}/ wraps it.`,
  from: { path: '^bot/', pathNot: `^bot/${owner}/` },
  to: { path: `node_modules/(${packages})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: { path: '^(bot|tab|infra)/' }, to: { circular: true } },
    ...rooms.flatMap((names, index) =>
      index === 0
        ? []
        : [
            {
              name: `${names[0]}-looks-up`,
              severity: 'error',
              comment: 'upward goes only an event',
              from: { path: folder(names) },
              to: { path: folder(above(index)) },
            },
          ],
    ),
    {
      name: 'threads-look-up',
      severity: 'error',
      from: { path: '^bot/(threads|meetings)/' },
      to: { path: '^bot/(today|setup|reviews|figures|escalations|approvals|responses|graph|teams|http)/' },
    },
    {
      name: 'worktime-imports-nothing',
      severity: 'error',
      from: { path: '^bot/worktime/' },
      to: { path: '^(bot/(?!worktime/)|node_modules)' },
    },
    {
      name: 'contract-imports-zod-alone',
      severity: 'error',
      from: { path: '^bot/contract/' },
      to: { path: '^(bot/(?!contract/)|node_modules/(?!zod/))' },
    },
    {
      name: 'tab-imports-the-contract-alone',
      severity: 'error',
      from: { path: '^tab/' },
      to: { path: '^(bot/(?!contract/)|infra/|tests/)' },
    },
    { name: 'product-never-imports-stand-ins', severity: 'error', from: { path: '^bot/' }, to: { path: '^(infra|tests|tab)/' } },
    {
      name: 'capabilities-know-no-edge',
      severity: 'error',
      from: {
        path: '^bot/(today|reviews|figures|actionItems|rhythms|escalations|approvals|matters|responses|charter|people|threads|meetings)/',
      },
      to: { path: '^bot/(teams|graph|http)/' },
    },
    only('botbuilder', 'teams', 'botbuilder|botframework-[a-z]+'),
    only('the-graph-client', 'graph', '@microsoft/microsoft-graph-client'),
    only('the-worker', 'jobs', 'graphile-worker'),
    only('the-driver', 'store', 'pg'),
    only('telemetry', 'telemetry', '@opentelemetry|@azure/monitor-opentelemetry-exporter'),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // Its parser reads no JSX: what tab/ may import is held by Biome's noRestrictedImports (biome.json).
    exclude: { path: '^(dist|tests)/|\\.tsx$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
};
