import { z } from 'zod';

/** The two parties of a partnership. People read the companies' names. */
export const Side = z.enum(['client', 'provider']);
export type Side = z.infer<typeof Side>;
export const SIDES: readonly Side[] = ['client', 'provider'];
export const otherSide = (side: Side): Side => (side === 'client' ? 'provider' : 'client');

/** By which role somebody looks who is no contact of the partnership and can press nothing; null for its people. */
export const LooksAs = z.enum(['executive', 'admin']).nullable();

export const Priority = z.enum(['normal', 'high']);
export type Priority = z.infer<typeof Priority>;

/** ISO 8601 UTC instant without milliseconds (`2026-11-22T10:00:00Z`): the form every answer carries. */
export const Instant = z.iso.datetime();
export const toInstant = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
