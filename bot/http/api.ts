import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Access, type Capability, type CardKind, isActor, type Matters, type Ports } from '../capability.ts';
import { MatterKind, MattersView, MatterView } from '../contract/matter.ts';
import { ObligationView } from '../contract/obligation.ts';
import type { ReviewView } from '../contract/review.ts';
import { toInstant } from '../contract/sides.ts';
import { ActionRequest, ActionResult, MeView, TodayView } from '../contract/today.ts';
import { Refusal } from '../errors.ts';
import { journalCursor } from '../journal/index.ts';
import { actorOf, mayLook, mayLookAt, type Person, subjectsOf } from '../people/index.ts';
import type { Tx } from '../store/database.ts';
import { through } from './access.ts';

/** What is built from the capabilities for one reader. */
export interface Views {
  me(tx: Tx, person: Person, now: Date): Promise<MeView>;
  today(tx: Tx, capabilities: readonly Capability[], access: Access, now: Date): Promise<TodayView>;
  obligation(tx: Tx, id: string, viewer: Access, now: Date): Promise<ObligationView | null>;
}

const ById = z.object({ id: z.guid() });
const ByKind = ById.extend({ kind: MatterKind });

/** What the tab and the pane ask and do, as the person of the token. The schemas drop whatever the contract does not name. */
export const apiRoutes: FastifyPluginAsyncZod<{ ports: Ports; capabilities: readonly Capability[]; views: Views }> = async (
  app,
  options,
) => {
  const { ports, views } = options;
  const subjects = subjectsOf(options.capabilities);
  const actions = new Map(options.capabilities.flatMap(({ actions: own }) => Object.entries(own ?? {})));

  app.get('/me', { schema: { response: { 200: MeView } } }, (request) =>
    ports.transaction((tx) => views.me(tx, request.person, ports.clock.now())),
  );

  app.get('/partnerships/:id/today', { schema: { params: ById, response: { 200: TodayView } } }, (request) => {
    const access = mayLook(request.person, request.params.id, through(request));
    return ports.transaction((tx) => views.today(tx, options.capabilities, access, ports.clock.now()));
  });

  app.get('/obligations/:id', { schema: { params: ById, response: { 200: ObligationView } } }, (request) =>
    ports.transaction(async (tx) => {
      const { id } = request.params;
      const access = await mayLookAt(tx, subjects, request.person, { kind: 'obligation', id }, through(request));
      const view = await views.obligation(tx, id, access, ports.clock.now());
      if (!view) throw new Refusal('subject.not_found');
      return view;
    }),
  );

  const kinds: ReadonlyMap<string, Matters> = new Map(options.capabilities.flatMap(({ matters }) => Object.entries(matters ?? {})));
  /** @throws {Refusal} `subject.not_found` */
  const mattersOf = (kind: MatterKind): Matters => {
    const found = kinds.get(kind);
    if (!found) throw new Refusal('subject.not_found');
    return found;
  };

  app.get('/partnerships/:id/matters/:kind', { schema: { params: ByKind, response: { 200: MattersView } } }, (request) => {
    const access = mayLook(request.person, request.params.id, through(request));
    const { kind } = request.params;
    return ports.transaction(async (tx) => {
      const now = ports.clock.now();
      const cursor = await journalCursor(tx);
      const { open, ended } = await mattersOf(kind).list(tx, access, now);
      return {
        now: toInstant(now),
        cursor,
        partnershipId: access.partnershipId,
        kind,
        yourSide: isActor(access) ? access.side : 'client',
        looksAs: isActor(access) ? null : access.as,
        open: [...open],
        ended: [...ended],
        begin: [...(await mattersOf(kind).begin(tx, access, now))],
      };
    });
  });

  app.get('/matters/:kind/:id', { schema: { params: ByKind, response: { 200: MatterView } } }, (request) =>
    ports.transaction(async (tx) => {
      const { id, kind } = request.params;
      const access = await mayLookAt(tx, subjects, request.person, { kind, id }, through(request));
      const view = await mattersOf(kind).view(tx, id, access, ports.clock.now());
      if (!view) throw new Refusal('subject.not_found');
      return view;
    }),
  );

  const reviewCard: CardKind<ReviewView> | undefined = options.capabilities.find(({ cards }) => cards?.review)?.cards?.review;
  const ByVerb = z.object({ verb: z.string().max(80) });
  app.post('/actions/:verb', { schema: { params: ByVerb, body: ActionRequest, response: { 200: ActionResult } } }, (request) =>
    ports.transaction(async (tx) => {
      const action = actions.get(request.params.verb);
      if (!action) throw new Refusal('action.unknown');
      const { subjectId, inputs, revision } = request.body;
      const about = { kind: action.subjectKind, id: subjectId };
      const actor = actorOf(await mayLookAt(tx, subjects, request.person, about, through(request)));
      const now = ports.clock.now();
      const { subject, message, undoEventId } = await action.run({
        tx,
        now,
        actor,
        subjectId,
        input: action.schema.parse(inputs),
        revision,
      });
      const obligation = subject.kind === 'obligation' ? await views.obligation(tx, subject.id, actor, now) : null;
      const matter = (await kinds.get(subject.kind)?.view(tx, subject.id, actor, now)) ?? null;
      const review = subject.kind === 'review' ? ((await reviewCard?.view(tx, subject.id, actor, now)) ?? null) : null;
      return {
        now: toInstant(now),
        message,
        obligation,
        matter,
        review,
        undo: undoEventId ? { subjectId: subject.id, eventId: undoEventId } : null,
      };
    }),
  );
};
