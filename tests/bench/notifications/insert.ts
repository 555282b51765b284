// What the notifications are held against: a route that inserts what it is sent, one statement a request. Argument: the database.
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { sql } from 'kysely';
import { wall } from '../../../bot/clock.ts';
import { connect } from '../../../bot/store/index.ts';

const { db } = connect(process.argv[2]!);
await sql`create table bare_notification (id bigint generated always as identity primary key, body jsonb, at timestamptz)`.execute(db);
const app = Fastify({ bodyLimit: 1_048_576 });
app.post('/notifications', async (request, reply) => {
  await sql`insert into bare_notification (body, at) values (${JSON.stringify(request.body)}, ${wall.now()})`.execute(db);
  return reply.code(202).send();
});
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ listening: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` }));
process.once('SIGTERM', () => process.exit(0));
