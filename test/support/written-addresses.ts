import * as fc from 'fast-check';

/** An address with its domain in some case: the same address. */
export function withCase(address: string): fc.Arbitrary<string> {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return fc
    .constantFrom(
      domain,
      domain.toUpperCase(),
      domain.replace(/^./, (first) => first.toUpperCase()),
    )
    .map((written) => `${address.slice(0, at)}@${written}`);
}

/** The ways in which mail programs write one address in a header. All of them mean this address and no other. */
export function writtenAddress(address: string): fc.Arbitrary<string> {
  return withCase(address).chain((written) =>
    fc.constantFrom(
      written,
      `<${written}>`,
      ` ${written}\t`,
      `Jane Roe <${written}>`,
      `"Roe, Jane" <${written}>`,
      `"ceo@example.net" <${written}>`,
      `=?utf-8?Q?J=C3=A4ne?= =?utf-8?B?Um9l?= <${written}>`,
      `Jäne Roe <${written}>`,
      `${written} (Jane Roe)`,
      `(of \\( mails) Jane <${written}> (work)`,
      `Jane\r\n <${written}>`,
      `Jane Q. Roe <${written}>`,
      `"Jane \\"J\\" Roe" <${written}>`,
    ),
  );
}

/** A header of one to three addresses, as a list or as a group. */
export function writtenList(addresses: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const list = fc.array(addresses, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 5, arbitrary: list.map((all) => all.join(', ')) },
    { weight: 1, arbitrary: list.map((all) => `Us: ${all.join(', ')};`) },
    { weight: 1, arbitrary: list.map((all) => all.join(',\r\n\t')) },
  );
}
