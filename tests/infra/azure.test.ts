import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../bot/config.ts';
import { type Bicep, below, bicepReader, properties, textOf } from './bicep.ts';
import { environmentFile } from './environment.ts';

const root = path.join(import.meta.dirname, '..', '..');
const folder = path.join(root, 'infra', 'azure');
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.bicep'));
const files = new Map<string, Bicep>();
const main = (): Bicep => files.get('main.bicep')!;

beforeAll(async () => {
  const read = await bicepReader();
  for (const name of names) files.set(name, read(path.join(folder, name)));
});

/** Functions of Bicep that are used: another one is a slip of the pen, or is added here on purpose. */
const FUNCTIONS =
  'resourceGroup subscriptionResourceId resourceId tenant environment uniqueString guid take split empty concat string json filter uriComponent cidrSubnet description minLength maxLength minValue maxValue allowed'.split(
    ' ',
  );

describe.each(names)('infra/azure/%s', (name) => {
  it('is read by the grammar to its end', () => {
    expect(files.get(name)!.errors).toEqual([]);
  });

  it('reads what is declared, and declares what is read', () => {
    const { params, variables, resources, modules, reads, calls } = files.get(name)!;
    const declared = [...params, ...resources, ...modules].map((one) => one.name).concat(variables);
    const plain = reads.filter((one) => !one.includes('.'));
    expect(plain.filter((one) => !declared.includes(one))).toEqual([]);
    expect([...params.map((one) => one.name), ...variables].filter((one) => !plain.includes(one))).toEqual([]);
    expect(new Set(declared).size).toBe(declared.length);
    expect(calls.filter((one) => !FUNCTIONS.includes(one) && !/^\w+\(\)/.test(one))).toEqual([]);
  });

  it('hands each module what it asks for, and reads the outputs that it has', () => {
    const { modules, reads } = files.get(name)!;
    for (const module of modules) {
      expect(existsSync(module.file)).toBe(true);
      const target = files.get(path.relative(folder, module.file))!;
      const wanted = target.params.map((one) => one.name);
      expect(module.params.filter((one) => !wanted.includes(one))).toEqual([]);
      expect(target.params.filter((one) => one.required && !module.params.includes(one.name))).toEqual([]);
      const outputs = reads.filter((one) => one.startsWith(`${module.name}.outputs.`)).map((one) => one.split('.')[2]);
      expect(outputs.filter((one) => !target.outputs.includes(one!))).toEqual([]);
    }
  });

  it('names a dated version of each resource', () => {
    for (const { type } of files.get(name)!.resources)
      expect(type).toMatch(
        /^Microsoft\.Graph\/[\w/]+@v1\.0$|^federatedIdentityCredentials@v1\.0$|^Microsoft\.\w+\/[\w/]+@20\d\d-\d\d-\d\d(-preview)?$/,
      );
  });
});

describe('templates for Azure', () => {
  it('use every module, and Graph by the extension that is configured', () => {
    const used = [...files.values()].flatMap(({ modules }) => modules.map(({ file }) => path.relative(folder, file)));
    expect([...new Set(used)].sort()).toEqual(names.filter((name) => name !== 'main.bicep').sort());
    const { extensions } = JSON.parse(readFileSync(path.join(folder, 'bicepconfig.json'), 'utf8')) as { extensions: object };
    for (const { file, resources } of files.values()) {
      const extension = /^extension (\w+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
      expect([file, extension !== undefined]).toEqual([file, resources.some(({ type }) => type.startsWith('Microsoft.Graph/'))]);
      if (extension) expect(Object.keys(extensions)).toContain(extension);
    }
  });

  it('make, take and read no secret', () => {
    const text = [...files.values()].map(({ file }) => readFileSync(file, 'utf8')).join('\n');
    expect(text).not.toMatch(/listKeys|listCredentials|@secure|passwordCredentials|keyCredentials|administratorLoginPassword|APP_SECRET/i);
    expect(text).toContain("passwordAuth: 'Disabled'");
    expect(text).toContain('adminUserEnabled: false');
  });

  it('trust the identity that the container runs as, for the audience that the service asks a token for', () => {
    const credential = readFileSync(path.join(root, 'bot', 'credential.ts'), 'utf8');
    const audience = /'(api:\/\/\w+)\/\.default'/.exec(credential)![1];
    const registration = readFileSync(files.get('modules/registration.bicep')!.file, 'utf8');
    expect(registration).toContain(`audiences: ['${audience}']`);
    expect(registration).toContain('subject: identityPrincipalId');
    expect(registration).toContain("signInAudience: 'AzureADMyOrg'");
  });

  it('ask the service for its health where it answers', () => {
    const app = files.get('modules/app.bicep')!;
    const paths = [...below(app.node)]
      .filter((node) => node.type === 'object_property' && textOf(node.namedChild(0)) === 'path')
      .map((node) => textOf(node.namedChild(1)));
    const health = readFileSync(path.join(root, 'bot', 'http', 'health.ts'), 'utf8');
    expect(paths.filter((one) => one.startsWith('/'))).toEqual(['/healthz', '/healthz', '/readyz']);
    for (const one of ['/healthz', '/readyz']) expect(health).toContain(`'${one}'`);
  });
});

describe('settings of the container', () => {
  /** Name and, where it is written as such, value. */
  const settings = (): Map<string, string | undefined> => {
    const app = files.get('modules/app.bicep')!;
    const declared = app.node
      .descendantsOfType('variable_declaration')
      .filter((node) => /^(settings|whereNamed)$/.test(textOf(node?.namedChild(0))));
    const entries = declared
      .flatMap((node) => [...below(node!)])
      .filter(({ type }) => type === 'object')
      .map(properties);
    return new Map(
      entries.map((one) => {
        const value = one.get('value')!;
        return [textOf(one.get('name')), value.type === 'string' && !value.text.includes('${') ? textOf(value) : undefined];
      }),
    );
  };
  const source = readFileSync(path.join(root, 'bot', 'config.ts'), 'utf8');
  const known = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!);
  const SAMPLES: Record<string, string> = {
    PORT: '3978',
    PUBLIC_URL: 'https://rapport.contoso.com',
    DATABASE_URL: 'postgres://rapport@server:5432/rapport',
    TENANT_ID: '11111111-2222-4333-8444-555555555555',
    APP_ID: '99999999-2222-4333-8444-555555555555',
    APP_ID_URI: 'api://rapport.contoso.com/99999999-2222-4333-8444-555555555555',
    TEAMS_APP_ID: '88888888-2222-4333-8444-555555555555',
    ACTIVITY_FEED: 'false',
    FREE_BUSY: 'false',
    IDENTITY_CLIENT_ID: '77777777-2222-4333-8444-555555555555',
    MAILBOXES: 'contacts',
    ADMIN_OBJECT_IDS: '',
    BACKFILL_DAYS: '90',
    SWEEP_SECONDS: '3600',
    RETAIN_WORDS_DAYS: '90',
    RETAIN_TIMES_DAYS: '400',
    LOG_LEVEL: 'info',
    APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=x',
    OUT_OF_SCOPE_MAILBOX: 'hr@contoso.com',
    CRISIS_MAIL: 'no-reply.rapport@contoso.com',
  };
  const env = (): Record<string, string> => Object.fromEntries([...settings()].map(([name, value]) => [name, value ?? SAMPLES[name]!]));

  it('are settings that the service knows', () => {
    expect([...settings().keys()].filter((name) => !known.includes(name))).toEqual([]);
    expect([...settings().values()].filter((value) => value !== undefined).length).toBeGreaterThan(3);
    expect([...settings()].filter(([name, value]) => value === undefined && SAMPLES[name] === undefined)).toEqual([]);
  });

  it('are all that it needs, and none of them too many', () => {
    expect(readConfig(env())).toMatchObject({ HOST: '0.0.0.0', CREDENTIAL: 'identity', DATABASE_AUTH: 'entra' });
    // what is neither set nor left out on purpose was forgotten
    const leftOut = ['STATE_DIR', 'APP_SECRET', 'GRAPH_AT_ONCE', 'LOCAL_CLOCK', 'LOCAL_KEY', 'LOCAL_START', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
    const microsofts = ['GRAPH_URL', 'LOGIN_URL', 'TOKEN_ISSUERS', 'BOT_OPENID_URL', 'BOT_TOKEN_ISSUER', 'BOT_SERVICE_HOSTS'];
    expect([...settings().keys(), ...leftOut, ...microsofts].sort()).toEqual([...known].sort());
  });
});

describe('parameters', () => {
  const toolkit = Object.entries(
    (JSON.parse(readFileSync(path.join(folder, 'main.parameters.json'), 'utf8')) as { parameters: Record<string, { value: string }> })
      .parameters,
  ).map(([name, { value }]) => [name, /^\$\{\{(\w+)\}\}$/.exec(value)?.[1]] as const);
  const cli = [
    ...readFileSync(path.join(folder, 'main.bicepparam'), 'utf8').matchAll(/^param (\w+) = readEnvironmentVariable\('(\w+)'/gm),
  ].map(([, name, variable]) => [name!, variable] as const);

  it('are the same for the Toolkit and for the command line, and all that the templates ask for', () => {
    expect(cli).toEqual(toolkit);
    const declared = main().params;
    expect(toolkit.map(([name]) => name).filter((name) => !declared.some((one) => one.name === name))).toEqual([]);
    expect(declared.filter(({ name, required }) => required && !toolkit.some(([given]) => given === name))).toEqual([]);
  });

  it('have a value in the sample environment: the Toolkit takes an empty one for a missing one', () => {
    const given = environmentFile(path.join(root, 'env', '.env.dev'));
    // the Toolkit writes the app's id before it reads the parameters
    expect(toolkit.filter(([, variable]) => variable !== 'TEAMS_APP_ID' && !given.get(variable ?? ''))).toEqual([]);
  });
});
