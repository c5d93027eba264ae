import { fillTemplate } from '../fill-template.ts';
import type { PolicyDocument } from './policy-document.ts';

/** Values for a template's placeholders. A list replaces a placeholder that stands alone in brackets: `["${names}"]`. */
export type PolicyValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * Fills a template of `terraform/policies/` as Terraform's templatefile() does: `${name}` becomes the value of that name.
 *
 * @throws Error when a value is missing, or when the result isn't JSON.
 */
export function renderPolicy(template: string, values: PolicyValues): PolicyDocument {
  const text = fillTemplate(template, values, (value) =>
    [value]
      .flat()
      .map((text) => JSON.stringify(text).slice(1, -1))
      .join('","'),
  );
  return JSON.parse(text) as PolicyDocument;
}
