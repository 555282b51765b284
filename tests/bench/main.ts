// npm run bench [-- name ...]: every tests/bench/*.bench.ts, or those named; ratios are of contenders in one run.
export {};

interface Row {
  name: string;
  opsPerSecond?: number;
  ratio?: number;
  note?: string;
}
type Bench = () => Promise<{ title: string; rows: Row[] }>;

const benches: Record<string, () => Promise<{ run: Bench }>> = {
  worktime: () => import('./worktime.bench.ts'),
  measure: () => import('./measure.bench.ts'),
  sweep: () => import('./sweep.bench.ts'),
  ladders: () => import('./ladders.bench.ts'),
  cards: () => import('./cards.bench.ts'),
  ingest: () => import('./ingest.bench.ts'),
  notifications: () => import('./notifications.bench.ts'),
  firstsync: () => import('./firstsync.bench.ts'),
  instances: () => import('./instances.bench.ts'),
  start: () => import('./start.bench.ts'),
  agenda: () => import('./agenda.bench.ts'),
};

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length) {
  console.error(`No such bench: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
for (const [name, load] of Object.entries(benches)) {
  if (wanted.length && !wanted.includes(name)) continue;
  const { title, rows } = await (await load()).run();
  console.log(`\n${name}: ${title}`);
  for (const row of rows) {
    const rate = row.opsPerSecond === undefined ? '' : `${Math.round(row.opsPerSecond).toLocaleString('en')}/s`;
    const ratio = row.ratio === undefined ? '' : `ratio ${row.ratio.toFixed(2)}`;
    console.log(`  ${row.name.padEnd(44)} ${rate.padStart(14)}  ${ratio.padEnd(12)} ${row.note ?? ''}`);
  }
}
