/**
 * Stands in for the module `node:console` in the functions' bundles: the build puts this file in its place. Powertools wants
 * this one class, which is there already; the module would have to be made for it.
 */
export const { Console } = console;
