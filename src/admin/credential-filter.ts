import { asMap } from '../values/json-map.ts';
import type { CredentialView } from './credential-view.ts';

/** Selects credentials. All given criteria must match. */
export interface CredentialFilter {
  /** The displayed state: `pending`, `active`, `failed`, `disabled`, `disabling`. */
  readonly state?: string | undefined;
  /** Ignores case. */
  readonly owner?: string | undefined;
  /** Names and values of labels. An empty value matches any value. */
  readonly labels?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Credentials that may send as an address of this domain. */
  readonly domain?: string | undefined;
  /** Searches the name, description, owner, labels, addresses and SMTP username. */
  readonly text?: string | undefined;
}

export function matchesFilter(view: CredentialView, filter: CredentialFilter): boolean {
  const { attributes, description } = view;
  const { state, owner, domain, text } = filter;
  const labels = asMap(attributes['labels']) ?? {};
  return (
    (state === undefined || description.state === state) &&
    (owner === undefined || fold(attributes['owner']) === fold(owner)) &&
    (filter.labels ?? []).every(([name, value]) => hasLabel(labels, name, value)) &&
    (domain === undefined || patternsOf(view).some((pattern) => reachesDomain(pattern, fold(domain)))) &&
    (text === undefined || searchable(view, labels).some((part) => fold(part).includes(fold(text))))
  );
}

function hasLabel(labels: Readonly<Record<string, unknown>>, name: string, value: string): boolean {
  return Object.hasOwn(labels, name) && (value === '' || labels[name] === value);
}

function reachesDomain(pattern: string, domain: string): boolean {
  const patternDomain = fold(pattern.slice(pattern.lastIndexOf('@') + 1));
  // `*.example.com` matches every subdomain of example.com, but not example.com itself.
  return patternDomain.startsWith('*.') ? domain.endsWith(patternDomain.slice(1)) : patternDomain === domain;
}

function searchable({ username, attributes, description }: CredentialView, labels: object): unknown[] {
  return [
    username,
    attributes['description'],
    attributes['owner'],
    description.key?.accessKeyId,
    ...Object.entries(labels).flat(),
    ...patternsOf({ attributes }),
  ];
}

function patternsOf({ attributes }: Pick<CredentialView, 'attributes'>): readonly string[] {
  const patterns = attributes['allowed_from_addresses'];
  return Array.isArray(patterns) ? patterns.filter((pattern) => typeof pattern === 'string') : [];
}

function fold(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
