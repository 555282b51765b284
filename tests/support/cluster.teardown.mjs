import pg from 'pg';
import { removeCluster } from './cluster.setup.mjs';

export default async function teardown() {
  if (process.env.TEST_DATABASE_URL) {
    const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
    await client.connect();
    await client.query(`drop database if exists ${process.env.RAPPORT_TEST_TEMPLATE}`);
    await client.end();
  }
  removeCluster(process.env.RAPPORT_TEST_FOLDER);
}
