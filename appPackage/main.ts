// npm run package: writes dist/appPackage/rapport.zip for the deployment that the environment names.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BadInput } from '../bot/errors.ts';
import { projectFolder } from '../bot/store/folder.ts';
import { packageSettings, zipped } from './package.ts';

try {
  const file = path.join(projectFolder(), 'dist', 'appPackage', 'rapport.zip');
  const content = zipped(packageSettings(process.env));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(
    `${path.relative(process.cwd(), file)}\nUpload it in the Teams admin center, or with: Teams, Apps, Manage your apps, Upload an app.`,
  );
} catch (error) {
  if (!(error instanceof BadInput)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
