/** One difference between two IAM policies. */
export interface PolicyDifference {
  /** Where it is, such as `Version`, `Statement`, `Action` or `Condition.StringLike.ses:FromAddress`. */
  readonly at: string;
  /** What is wanted and not held: values, or a whole statement. */
  readonly missing: readonly unknown[];
  /** What is held and not wanted. */
  readonly extra: readonly unknown[];
  /** The difference in words. */
  readonly text: string;
}

/** A statement's elements, each as sorted values without repetitions, by a name that doesn't depend on how it was written. */
type Elements = ReadonlyMap<string, readonly string[]>;

interface Statement {
  readonly elements: Elements;
  readonly source: unknown;
  /** Equal for statements that mean the same. */
  readonly key: string;
}

type Values = Readonly<Record<string, unknown>>;

/** What a policy without `Version` is. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
const OLD_VERSION = '2008-10-17';

/** Elements that name a statement and don't change what it allows. */
const LABELS = ['Sid'];

/**
 * Compares the policy that is wanted with the one that IAM holds. No difference: the order of statements, values and keys, a
 * single value in place of a list, repetitions, `Sid` and `Id`, and upper and lower case of actions and condition keys. What both
 * allow isn't evaluated: `*` and a list of everything are different. Pure.
 */
export function comparePolicies(wanted: unknown, held: unknown): PolicyDifference[] {
  return [...compareVersions(wanted, held), ...compareStatements(readStatements(wanted), readStatements(held))];
}

function compareVersions(wanted: unknown, held: unknown): PolicyDifference[] {
  const [missing, extra] = [wanted, held].map((policy) => asObject(policy)['Version'] ?? OLD_VERSION);
  return missing === extra ? [] : [difference('Version', [missing], [extra])];
}

/** Statements that mean the same are left out. Of the others, those that have most in common are one that was changed. */
function compareStatements(wanted: readonly Statement[], held: readonly Statement[]): PolicyDifference[] {
  const without = (from: readonly Statement[], others: readonly Statement[]) =>
    from.filter(({ key }) => others.every((other) => other.key !== key));
  let missing = without(wanted, held);
  let extra = without(held, wanted);
  const changed: PolicyDifference[] = [];
  for (;;) {
    const pair = findClosest(missing, extra);
    if (pair === undefined) break;
    changed.push(...compareElements(pair.wanted.elements, pair.held.elements));
    missing = missing.filter((each) => each !== pair.wanted);
    extra = extra.filter((each) => each !== pair.held);
  }
  return [
    ...changed,
    ...missing.map(({ source }) => difference('Statement', [source], [])),
    ...extra.map(({ source }) => difference('Statement', [], [source])),
  ];
}

function findClosest(missing: readonly Statement[], extra: readonly Statement[]) {
  const pairs = missing.flatMap((wanted) =>
    extra
      .filter(({ elements }) => textOf(elements, 'Effect') === textOf(wanted.elements, 'Effect'))
      .map((held) => ({ wanted, held, common: countCommon(wanted.elements, held.elements) })),
  );
  return pairs.filter(({ common }) => common > 1).toSorted((a, b) => b.common - a.common)[0];
}

function countCommon(wanted: Elements, held: Elements): number {
  return [...wanted].flatMap(([name, values]) => values.filter((each) => held.get(name)?.includes(each))).length;
}

function compareElements(wanted: Elements, held: Elements): PolicyDifference[] {
  const names = new Set([...wanted.keys(), ...held.keys()]);
  return [...names].flatMap((name) => {
    const [before, after] = [wanted.get(name) ?? [], held.get(name) ?? []];
    const missing = before.filter((each) => !after.includes(each));
    const extra = after.filter((each) => !before.includes(each));
    return missing.length + extra.length === 0 ? [] : [difference(name, missing, extra)];
  });
}

function readStatements(policy: unknown): Statement[] {
  const statements = asList(asObject(policy)['Statement']).map((source): Statement => {
    const elements = readElements(asObject(source));
    return { elements, source, key: JSON.stringify([...elements]) };
  });
  return [...new Map(statements.map((statement) => [statement.key, statement])).values()].toSorted((a, b) =>
    compareTexts(a.key, b.key),
  );
}

function readElements(statement: Values): Elements {
  const found = Object.entries(statement).flatMap(([name, value]): [string, string[]][] => {
    if (LABELS.includes(name)) return [];
    if (name === 'Condition') return readConditions(asObject(value));
    const values = readValues(value);
    return [[name, name === 'Action' || name === 'NotAction' ? values.map((each) => each.toLowerCase()) : values]];
  });
  return new Map(
    found
      .toSorted(([a], [b]) => compareTexts(a, b))
      .map(([name, values]) => [name, [...new Set(values)].sort(compareTexts)]),
  );
}

function readConditions(condition: Values): [string, string[]][] {
  return Object.entries(condition).flatMap(([operator, tests]) =>
    Object.entries(asObject(tests)).map(([key, values]): [string, string[]] => [
      `Condition.${operator}.${foldKey(key)}`,
      readValues(values),
    ]),
  );
}

/** An empty list is a value of its own: a condition without values is never met. */
function readValues(value: unknown): string[] {
  const values = asList(value).map(asText);
  return values.length === 0 ? ['[]'] : values;
}

/** Condition keys have no case. Those that Sesame writes keep their usual spelling, so that people recognise them. */
function foldKey(key: string): string {
  const folded = key.toLowerCase();
  return USUAL_KEYS.find((usual) => usual.toLowerCase() === folded) ?? folded;
}

const USUAL_KEYS = ['ses:FromAddress', 'ses:FeedbackAddress', 'ses:Recipients', 'ses:FromDisplayName', 'aws:SourceIp'];

function difference(at: string, missing: readonly unknown[], extra: readonly unknown[]): PolicyDifference {
  const parts = [
    ...(missing.length === 0 ? [] : [`IAM lacks ${describe(missing)}`]),
    ...(extra.length === 0 ? [] : [`IAM has ${describe(extra)}, which is not wanted`]),
  ];
  return { at, missing, extra, text: `${at}: ${parts.join('; ')}.` };
}

function describe(values: readonly unknown[]): string {
  const shown = values.slice(0, 5).map((value) => shorten(asText(value)));
  const more = values.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function textOf(elements: Elements, name: string): string {
  return (elements.get(name) ?? []).join();
}

function asObject(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** IAM takes `true` for `"true"`, and numbers as well. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** By code units: no locale decides about equality. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
