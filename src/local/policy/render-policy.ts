import type { PolicyDocument } from './policy-document.ts';

/**
 * Fills a template of `terraform/policies/` as Terraform's templatefile() does: `${name}` becomes the value of that name.
 *
 * @throws Error when the template names a value that isn't there, or when the result isn't JSON.
 */
export function renderPolicy(template: string, values: Record<string, string>): PolicyDocument {
  const text = template.replace(/\$\{(\w+)\}/g, (_placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The policy template names "${name}", for which there is no value.`);
    return JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(text) as PolicyDocument;
}
