import { availableParallelism } from 'node:os';

// Jest in ESM mode. `cookie` is the one exception: Fastify's inject requires it from CommonJS, so it is compiled to that.
const swc = (type) => [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript', tsx: true }, target: 'es2022', transform: { react: { runtime: 'automatic' } } },
    module: { type },
    sourceMaps: 'inline',
  },
];

export default {
  // A test that gave up on a connection must not keep the whole run from ending.
  forceExit: true,
  // A test waits for its database half of the time: one worker more than there are cores keeps them busy.
  maxWorkers: Math.min(availableParallelism() + 1, 6), // six have connections enough
  testEnvironment: 'node',
  // Nothing is timed here: this only ends what hangs, on a machine that is slow and busy too. No test has one of its own but those that take minutes.
  testTimeout: 300_000,
  globalSetup: '<rootDir>/tests/support/cluster.setup.mjs',
  setupFilesAfterEnv: ['<rootDir>/tests/support/graphContract.setup.ts'],
  globalTeardown: '<rootDir>/tests/support/cluster.teardown.mjs',
  testMatch: ['<rootDir>/tests/**/*.test.ts', '<rootDir>/tests/**/*.test.tsx'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  coverageProvider: 'v8',
  transform: { '^.+\\.tsx?$': swc('es6'), '/node_modules/cookie/.+\\.js$': swc('commonjs') },
  transformIgnorePatterns: ['/node_modules/(?!cookie/)'],
};
