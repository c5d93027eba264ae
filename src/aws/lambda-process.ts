/**
 * Stands in for the module `node:process` in the functions' bundles: the build puts this file in its place.
 *
 * Node fills the real module by reading every property of `process`, which opens standard input and output. The SDK wants
 * these two properties of it, and every cold start would wait for the rest.
 */
export const { env, versions } = process;
