import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { readPart, replacePart } from './generated-part.ts';

/** An input of a module. */
export interface ModuleVariable {
  readonly name: string;
  readonly description: string;
  /** As written in the module, in one line. */
  readonly type: string;
  /** As written in the module, in one line; undefined for a required input. */
  readonly default: string | undefined;
  readonly nullable: boolean;
}

export interface ModuleOutput {
  readonly name: string;
  readonly description: string;
}

export interface TerraformModule {
  readonly variables: readonly ModuleVariable[];
  readonly outputs: readonly ModuleOutput[];
}

const terraform = join(import.meta.dirname, '..', 'terraform');
const marks = {
  begin: '<!-- inputs and outputs: written by scripts/terraform-docs.ts -->',
  end: '<!-- end of inputs and outputs -->',
};

/** Reads a module's inputs and outputs from its files, because Terraform doesn't print types. Relies on `terraform fmt`. */
export function readModule(folder: string): TerraformModule {
  const text = readdirSync(folder)
    .filter((file) => file.endsWith('.tf'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  return {
    variables: blocks(text, 'variable').map(({ name, attributes }) => ({
      name,
      description: plainText(attributes['description']),
      type: attributes['type'] ?? '',
      default: attributes['default'],
      nullable: attributes['nullable'] !== 'false',
    })),
    outputs: blocks(text, 'output').map(({ name, attributes }) => ({
      name,
      description: plainText(attributes['description']),
    })),
  };
}

function blocks(text: string, kind: string): { name: string; attributes: Record<string, string> }[] {
  const found = text.matchAll(new RegExp(`^${kind} "([^"]+)" \\{\\n(.*?)^\\}$`, 'gms'));
  return [...found].map(([, name = '', body = '']) => ({ name, attributes: readAttributes(body) }));
}

/** The attributes of a block. Each is indented by two spaces, and ends before the next attribute or block. */
function readAttributes(body: string): Record<string, string> {
  const found = body.matchAll(/^ {2}(\w+)\s*=\s*(.*?)(?=^ {2}\w+\s*(?:=|\{$)|(?![\s\S]))/gms);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, oneLine(value)]));
}

function oneLine(value: string): string {
  const withoutComments = value.replace(/^\s*#.*$/gm, '');
  const words = withoutComments.replace(/\s+/g, ' ').trim();
  // An object has one attribute per line.
  return words.replace(/(?<=[)\]}"\w]) (?=\w+ += )/g, ', ').replace(/ += /g, ' = ');
}

/** A description without its quotes or heredoc marks. */
function plainText(value = ''): string {
  const heredoc = value.match(/^<<-(\w+) (.*) \1$/);
  return heredoc?.[2] ?? value.replace(/^"|"$/g, '').replaceAll('\\"', '"');
}

/** Renders the tables for a README. */
export function renderTables({ variables, outputs }: TerraformModule): string {
  const inputs = [
    '## Inputs',
    '',
    ...(variables.length === 0
      ? ['None.']
      : [
          '| name | description | type | default |',
          '|---|---|---|---|',
          ...variables.map((variable) =>
            row([
              `\`${variable.name}\``,
              variable.description,
              code(variable.type),
              code(variable.default) || 'required',
            ]),
          ),
        ]),
  ];
  const results = [
    '## Outputs',
    '',
    ...(outputs.length === 0
      ? ['None.']
      : [
          '| name | description |',
          '|---|---|',
          ...outputs.map(({ name, description }) => row([`\`${name}\``, description])),
        ]),
  ];
  return [...inputs, '', ...results].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

/** Extracts the tables from a README. */
export function tablesOf(readme: string): string {
  return readPart(readme, marks);
}

/** The folders whose README has tables, relative to `terraform/`. */
export function documentedModules(): string[] {
  return ['.', ...readdirSync(join(terraform, 'modules')).map((name) => `modules/${name}`)];
}

const usage = `Usage: npm run docs:terraform

Writes the tables of inputs and outputs into the modules' READMEs.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(usage, () => readArguments(process.argv.slice(2), {}).values, writeTables);
}

function writeTables(): Promise<number> {
  for (const name of documentedModules()) {
    const file = join(terraform, name, 'README.md');
    const readme = readFileSync(file, 'utf8');
    const tables = renderTables(readModule(join(terraform, name)));
    writeFileSync(file, replacePart(file, readme, marks, tables));
  }
  return Promise.resolve(0);
}
