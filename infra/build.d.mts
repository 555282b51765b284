/** Bundles one entry for Node; packages stay outside. The SQL files of the store go beside the bundle, where it looks for them. */
export function bundle(entry: string, outfile: string): Promise<void>;
