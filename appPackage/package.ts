import { readFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { z } from 'zod';
import { BadInput } from '../bot/errors.ts';
import { projectFolder } from '../bot/store/folder.ts';

const FILES = ['color.png', 'outline.png'] as const;
const https = z.url({ protocol: /^https$/, error: 'needs to be an https address' });

/** What a package is made for: the environment variables of the same names. */
const Settings = z.object({
  /** The app registration: bot, API and single sign-on in one. */
  APP_ID: z.guid(),
  /** The app's own id in the catalogue; without it the registration's. */
  TEAMS_APP_ID: z.guid().optional(),
  /** Where people reach the service: `https://rapport.contoso.com`, without a path. */
  PUBLIC_URL: https.refine((value) => new URL(value).pathname === '/', 'needs to end with the host'),
  /** `1.0.0`; Teams takes an update only with a higher one. */
  APP_VERSION: z
    .string()
    .regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/)
    .default('1.0.0'),
  /** Who runs it, as people read it in Teams. */
  DEVELOPER_NAME: z.string().min(1).max(32),
  /** What this company says about privacy, and the terms under which its people use the app. */
  PRIVACY_URL: https,
  TERMS_URL: https,
});
export type PackageSettings = z.infer<typeof Settings>;

/** @throws {BadInput} naming every setting that is missing or malformed */
export function packageSettings(env: NodeJS.ProcessEnv): PackageSettings {
  const parsed = Settings.safeParse(env);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new BadInput(
    `The app package cannot be made: these settings are missing or malformed.\n${lines.join('\n')}\nSee docs/operating.md.`,
  );
}

/**
 * The manifest of a deployment: the template with its placeholders filled, as the Microsoft 365 Agents Toolkit fills them too.
 * @throws {BadInput} where the template names something that is no setting
 */
export function manifestFor(settings: PackageSettings): Record<string, unknown> {
  const values: Readonly<Record<string, string>> = {
    ...settings,
    TEAMS_APP_ID: settings.TEAMS_APP_ID ?? settings.APP_ID,
    PUBLIC_HOST: new URL(settings.PUBLIC_URL).host,
  };
  const template = readFileSync(fileOf('manifest.json'), 'utf8');
  const filled = template.replaceAll(/\$\{\{(\w+)\}\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new BadInput(`appPackage/manifest.json names ${name}, which is no setting of a package.`);
    return JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(filled) as Record<string, unknown>;
}

/** The package as Teams takes it: three files side by side, none in a folder. */
export const zipped = (settings: PackageSettings): Uint8Array =>
  zipSync({
    'manifest.json': new TextEncoder().encode(`${JSON.stringify(manifestFor(settings), null, 2)}\n`),
    ...Object.fromEntries(FILES.map((name) => [name, new Uint8Array(readFileSync(fileOf(name)))])),
  });

const fileOf = (name: string): string => path.join(projectFolder(), 'appPackage', name);
