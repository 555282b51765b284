import type { SwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ErrorView } from '../contract/today.ts';

const PERSON = 'person';
const refused = {
  ...z.toJSONSchema(ErrorView, { target: 'openapi-3.0' }),
  description: 'What was refused or went wrong, with a stable code.',
};

/** What `/openapi.json` says beside the routes' own schemas: who may ask, and what is answered to whoever may not. */
export const description: SwaggerOptions = {
  openapi: {
    info: { title: 'Rapport', version: '1' },
    components: {
      securitySchemes: {
        [PERSON]: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A person’s token of Entra ID for this application.',
        },
      },
    },
  },
  transform(given) {
    const { schema, url } = jsonSchemaTransform(given);
    if (!url.startsWith('/api/')) return { schema, url };
    const response = { ...(schema.response as object | undefined), default: refused };
    return { schema: { ...schema, security: [{ [PERSON]: [] }], response }, url };
  },
};
