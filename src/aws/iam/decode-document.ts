/** IAM hands documents out URL-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
export function decodeDocument(encoded: string): string {
  return decodeURIComponent(encoded);
}
