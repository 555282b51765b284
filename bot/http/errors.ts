import type { FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ZodError } from 'zod';
import type { Capability } from '../capability.ts';
import type { ErrorView } from '../contract/today.ts';
import { BadInput, Refusal, Unavailable } from '../errors.ts';
import type { Log } from '../log.ts';
import { ACCESS_REFUSALS } from '../people/index.ts';
import { isDatabaseInTrouble } from '../store/index.ts';
import { NotSignedIn } from './tokens.ts';

/** Refusals that no capability owns. */
const OWN: Record<string, { status: number; message: string }> = {
  ...ACCESS_REFUSALS,
  'action.unknown': { status: 404, message: 'This version of Rapport does not know that button. Please open Rapport again.' },
  'clock.backwards': { status: 409, message: 'Time goes forward only.' },
};
const CONNECTION_GONE = new Set(['ECONNREFUSED', 'ECONNRESET']);

interface Answer {
  status: number;
  body: ErrorView;
  retryAfterSeconds?: number;
}

const answer = (status: number, code: string, message: string, details?: ErrorView['details']): Answer => ({
  status,
  body: { code, message, ...(details && Object.keys(details).length ? { details } : {}) },
});

/** What a person is told for an error: a plain sentence and a stable code. Null: a bug, told in general words and logged. */
export function answerFor(error: unknown, refusals: Record<string, { status: number; message: string }>): Answer | null {
  if (error instanceof NotSignedIn) return answer(401, error.code, error.message);
  if (error instanceof Refusal) {
    const known = refusals[error.code] ?? { status: 409, message: 'That is not possible now.' };
    return answer(known.status, error.code, known.message, error.details);
  }
  if (error instanceof Unavailable || CONNECTION_GONE.has((error as { code?: string })?.code ?? '') || isDatabaseInTrouble(error)) {
    const retryAfterSeconds = Math.ceil((error as Unavailable).retryAfterSeconds ?? 5);
    return {
      ...answer(503, 'unavailable', 'Something that Rapport needs does not answer now. Please try again in a moment.'),
      retryAfterSeconds,
    };
  }
  if (error instanceof BadInput) return answer(400, 'input.unusable', error.message);
  if (error instanceof ZodError) return answer(400, 'input.invalid', 'Please check what you entered.', { field: fieldsOf(error.issues) });
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map(({ instancePath }) => instancePath.slice(1)).join(', ');
    return answer(400, 'input.invalid', 'Please check what you entered.', { field: fields });
  }
  const { statusCode } = error as { statusCode?: number };
  if (statusCode === 429) return answer(429, 'too_many', 'That was a lot at once. Please try again in a minute.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return answer(statusCode, 'request.unusable', 'Rapport cannot read this request.');
  return null;
}

const fieldsOf = (issues: ZodError['issues']): string => issues.map(({ path }) => path.join('.')).join(', ');

export function handleErrors(app: FastifyInstance, capabilities: readonly Capability[], log: Log): void {
  const refusals = Object.assign({}, OWN, ...capabilities.map((capability) => capability.refusals ?? {}));
  app.setErrorHandler((error, request, reply): FastifyReply => {
    const known = answerFor(error, refusals);
    if (!known || known.status === 503)
      log.error({ err: error, request: request.id, route: request.routeOptions.url }, 'a request could not be answered');
    if (error instanceof Refusal && known?.status === 403) {
      const { tenantId, objectId } = request.person ?? {};
      log.info({ tenantId, objectId, request: request.id, route: request.routeOptions.url, code: error.code }, 'a request was refused');
    }
    if (known?.status === 401) reply.header('www-authenticate', 'Bearer');
    if (known?.retryAfterSeconds) reply.header('retry-after', known.retryAfterSeconds);
    return reply
      .type('application/json')
      .code(known?.status ?? 500)
      .serializer(JSON.stringify)
      .send(known?.body ?? { code: 'internal', message: 'Something went wrong in Rapport. It has been written down; please try again.' });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: 'not_found', message: 'There is nothing at this address.' }));
}
