import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Ports } from '../capability.ts';
import { agreementView } from '../charter/index.ts';
import { AgreementView } from '../contract/charter.ts';
import { PeopleView } from '../contract/people.ts';
import { mayLook } from '../people/index.ts';
import { peopleView } from './peopleView.ts';

const ById = z.object({ id: z.guid() });

/** What the tab shows beside Today: the agreement with its calendars, and, to owners, who is who. */
export const setupRoutes =
  (ports: Ports): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/partnerships/:id/agreement', { schema: { params: ById, response: { 200: AgreementView } } }, (request) => {
      const access = mayLook(request.person, request.params.id, 'tab');
      return ports.transaction((tx) => agreementView(tx, access, ports.clock.now()));
    });

    app.get('/partnerships/:id/people', { schema: { params: ById, response: { 200: PeopleView } } }, (request) => {
      const access = mayLook(request.person, request.params.id, 'tab');
      return ports.transaction((tx) => peopleView(tx, access, ports.clock.now()));
    });
  };
