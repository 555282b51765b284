import { holdToContract } from './graphContract.ts';

holdToContract();
