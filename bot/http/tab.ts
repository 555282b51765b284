import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { projectFolder } from '../store/folder.ts';

/** The built tab, to be mounted at `/tab`: any path below that is no file is a page of it. */
export const tabFiles: FastifyPluginAsync<{ folder?: string | undefined }> = async (app, { folder }) => {
  const root = folder ?? path.join(projectFolder(), 'dist', 'tab');
  const notBuilt = { code: 'tab.not_built', message: 'The tab has not been built yet: npm run build.' };
  if (!existsSync(root)) {
    app.get('/*', (_request, reply) => reply.code(503).send(notBuilt));
    return;
  }
  await app.register(fastifyStatic, {
    root,
    preCompressed: true, // the build lays them beside the files
    cacheControl: false,
    // names of built files carry their hash; the page itself is asked for again
    setHeaders: (response, file) =>
      void response.setHeader(
        'cache-control',
        file.includes(`${path.sep}assets${path.sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ),
  });
  // It may be built while the service runs.
  app.setNotFoundHandler((_request, reply) =>
    existsSync(path.join(root, 'index.html')) ? reply.sendFile('index.html') : reply.code(503).send(notBuilt),
  );
};
