import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../../../bot/store/folder.ts';

interface Manifest {
  readonly composeExtensions: readonly { readonly commands: readonly { id: string; title: string; context: readonly string[] }[] }[];
}

/** What the app's manifest puts into the menu of a message, in its order. */
export function messageCommands(): { id: string; title: string }[] {
  const manifest = JSON.parse(readFileSync(path.join(projectFolder(), 'appPackage', 'manifest.json'), 'utf8')) as Manifest;
  return manifest.composeExtensions
    .flatMap(({ commands }) => commands)
    .filter(({ context }) => context.includes('message'))
    .map(({ id, title }) => ({ id, title }));
}
