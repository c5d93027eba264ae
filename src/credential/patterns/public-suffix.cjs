// CommonJS on purpose: a `require` inside a function is evaluated on first use, in Node and in an esbuild bundle alike.
// The list of suffixes costs about 5 ms to evaluate. Most invocations of a function never ask for it.

/**
 * Whether anybody can register a name directly under this one (`com`, `co.uk`, `foo.ck`), by the ICANN part of the Public
 * Suffix List. A name that the list doesn't know counts when it has one label.
 *
 * @param {string} domain lower-case ASCII, no trailing dot
 * @returns {boolean}
 * @see https://publicsuffix.org/list/
 */
exports.isPublicSuffix = (domain) => {
  const { getPublicSuffix } = require('tldts-icann');
  return getPublicSuffix(domain, { extractHostname: false }) === domain;
};
