export { addJob, addJobs, type JobOptions, MAX_ATTEMPTS } from './add.ts';
export { idle } from './idle.ts';
export { releaseKilledWorkers } from './locks.ts';
export { type JobRunner, startJobs } from './run.ts';
export { type StuckJob, stuckJobs } from './stuck.ts';
