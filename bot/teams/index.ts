export { connectTeams, type Teams } from './connect.ts';
export { teamsJobs } from './jobs.ts';
export { botRoutes } from './routes.ts';
