import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { spec } from '../src/credential/record/spec.ts';
import type { SpecAttribute } from '../src/credential/record/spec-attribute.ts';
import { specAttributeNames } from '../src/credential/record/spec-attribute-names.ts';
import { systemAttributes } from '../src/credential/record/system-attributes.ts';
import { readPart, replacePart } from './generated-part.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/record.md');
const schema = join(root, 'docs/record.schema.json');
const marks = {
  begin: '<!-- attributes of a record: written by scripts/record-docs.ts -->',
  end: '<!-- end of attributes -->',
};

const attributes: readonly (readonly [string, SpecAttribute<unknown>])[] = specAttributeNames.map((name) => [
  name,
  spec[name],
]);

/** Renders docs/record.md's tables of the attributes that administrators write, and of those that Sesame writes. */
export function renderRecordTables(): string {
  const written = attributes.map(([name, { types, required, default: without, description }]) =>
    row([
      `\`${name}\``,
      types.join(' or '),
      required === undefined ? (without ?? '') : 'required',
      fromPage(description),
    ]),
  );
  const system = Object.entries(systemAttributes).map(([name, { description }]) =>
    row([`\`${name}\``, fromPage(description)]),
  );
  return [
    '| you write | type | without it | meaning |',
    '|---|---|---|---|',
    row(['`PK`, `SK`', 'S', 'required', '`SMTP_USER`, and `USER#` followed by the username']),
    ...written,
    '',
    '| Sesame writes | meaning |',
    '|---|---|',
    ...system,
  ].join('\n');
}

/** Links are written as from the project's folder. */
function fromPage(text: string): string {
  return text.replaceAll('](docs/', '](');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Extracts the page's tables. */
export function recordTablesOf(text: string): string {
  return readPart(text, marks);
}

/** The JSON Schema (draft 2020-12) of a record's spec. It accepts everything that Sesame accepts; other attributes are free. */
export function buildRecordSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What an administrator writes on a record of Sesame, in plain JSON',
    type: 'object',
    required: attributes.filter(([, { required }]) => required !== undefined).map(([name]) => name),
    properties: Object.fromEntries(
      attributes.map(([name, attribute]) => [
        name,
        { description: toPlainText(attribute.description), ...(attribute.isSoft ? {} : describeValue(attribute)) },
      ]),
    ),
  };
}

function describeValue({ types: [type], limits }: SpecAttribute<unknown>): object {
  const { values, minimum, maximum, maxEntries, maxLength, maxKeyLength, pattern, keyPattern } = limits;
  const text = withoutUndefined({ type: 'string', enum: values, minLength: 1, maxLength, pattern });
  switch (type) {
    case 'BOOL':
      return { type: 'boolean' };
    case 'N':
      return withoutUndefined({ type: 'integer', minimum, maximum });
    case 'L':
      return { type: 'array', minItems: 1, maxItems: maxEntries, items: text };
    case 'M':
      return {
        type: 'object',
        maxProperties: maxEntries,
        propertyNames: { pattern: keyPattern, maxLength: maxKeyLength },
        additionalProperties: { type: 'string', maxLength },
      };
    default:
      return text;
  }
}

function withoutUndefined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Removes Markdown marks, and text that only refers to other pages. */
function toPlainText(markdown: string): string {
  return markdown
    .replace(/ \(\[[^\]]*\]\([^)]*\)\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '');
}

/** The record attributes in the policies of people's roles, by role and statement. */
export const roleAttributes: readonly {
  readonly role: string;
  readonly sid: string;
  readonly names: readonly string[];
}[] = [
  { role: 'admin-viewer', sid: 'ReadRecordsWithoutPasswords', names: readable() },
  { role: 'admin-operator', sid: 'ReadRecordsWithoutPasswords', names: readable() },
  { role: 'admin-operator', sid: 'ChangeRecords', names: writable() },
];

function readable(): string[] {
  const open = Object.entries(systemAttributes).filter(([, { isSecret }]) => isSecret !== true);
  return withKeys([...specAttributeNames, ...open.map(([name]) => name)]);
}

function writable(): string[] {
  const removable = Object.entries(systemAttributes).filter(([, { mayBeRemoved }]) => mayBeRemoved === true);
  return withKeys([...specAttributeNames, ...removable.map(([name]) => name)]);
}

function withKeys(names: readonly string[]): string[] {
  return ['PK', 'SK', ...names.toSorted()];
}

/** Replaces the list of attributes in one statement of a policy's text. */
function replaceAttributes(policy: string, sid: string, names: readonly string[]): string {
  const list = names.map((name) => `            "${name}"`).join(',\n');
  const statement = policy.indexOf(`"Sid": "${sid}"`);
  const start = policy.indexOf('"dynamodb:Attributes": [', statement) + '"dynamodb:Attributes": ['.length;
  return `${policy.slice(0, start)}\n${list}\n          ${policy.slice(policy.indexOf(']', start))}`;
}

const usage = `Usage: npm run docs:record

Writes what src/credential/record/spec.ts knows into docs/record.md, docs/record.schema.json and the policies of people's roles.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(usage, () => readArguments(process.argv.slice(2), {}).values, writeAll);
}

function writeAll(): Promise<number> {
  const text = readFileSync(page, 'utf8');
  writeFileSync(page, replacePart('docs/record.md', text, marks, renderRecordTables()));
  writeFileSync(schema, JSON.stringify(buildRecordSchema()));
  for (const { role, sid, names } of roleAttributes) {
    const file = join(root, `terraform/policies/${role}.json`);
    writeFileSync(file, replaceAttributes(readFileSync(file, 'utf8'), sid, names));
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  execFileSync(process.execPath, [biome, 'format', '--write', schema], { stdio: 'ignore' });
  return Promise.resolve(0);
}
