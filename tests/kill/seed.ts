import { wall } from '../../bot/clock.ts';

const { KILL_SEED: chosen } = process.env;

/**
 * Of the schedules of faults. The same ones in every run, so that what turns red is what was changed; `KILL_SEED=random` draws others, and
 * prints the number that repeats them.
 */
export const SEED = chosen === 'random' ? wall.now().getTime() % 2_147_483_647 : Number(chosen ?? 444_547_404);
