// The X.509 library needs the reflection polyfill before it loads.
import 'reflect-metadata';
import { createPrivateKey, randomBytes, X509Certificate as StoredCertificate, webcrypto } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** A TLS server's key and certificate, and the file that its clients must trust. */
export interface LocalCertificates {
  /** PEM file of the certificate authority. */
  readonly caFile: string;
  /** PEM text of the server's private key. */
  readonly key: string;
  /** PEM text of the server's certificate, followed by the authority's. */
  readonly cert: string;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
const authorityDays = 365;
const leafDays = 90;
/** An authority that expires sooner than this is replaced, so that it outlives the stack. */
const renewDays = 100;

/**
 * Makes a server certificate for the given host names and IP addresses. Its certificate authority is kept in `dir` (`ca.pem`,
 * `ca-key.pem`) and reused while it is valid.
 *
 * It has all extensions that strict verifiers require, such as Python 3.13.
 */
export async function createLocalCertificates(dir: string, hosts: readonly string[]): Promise<LocalCertificates> {
  await mkdir(dir, { recursive: true });
  const caFile = join(dir, 'ca.pem');
  const keyFile = join(dir, 'ca-key.pem');
  const authority = (await loadAuthority(caFile, keyFile)) ?? (await makeAuthority(caFile, keyFile));
  const keys = await makeKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: makeSerialNumber(),
    subject: `CN=${hosts[0] ?? 'localhost'}`,
    issuer: authority.certificate.subject,
    ...validity(leafDays),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((host) => ({ type: isIP(host) ? 'ip' : 'dns', value: host }) as const),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
    ],
  });
  const cert = `${leaf.toString('pem')}\n${authority.certificate.toString('pem')}\n`;
  return { caFile, key: await exportKey(keys.privateKey), cert };
}

/** Undefined when there is none, or when it is unusable. */
async function loadAuthority(caFile: string, keyFile: string): Promise<Authority | undefined> {
  try {
    const [certificatePem, keyPem] = await Promise.all([readFile(caFile, 'utf8'), readFile(keyFile, 'utf8')]);
    const stored = new StoredCertificate(certificatePem);
    const endsSoon = stored.validToDate.getTime() < Date.now() + renewDays * dayMs;
    if (endsSoon || !stored.ca || !stored.checkPrivateKey(createPrivateKey(keyPem))) {
      return undefined;
    }
    const pkcs8 = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
    return {
      certificate: new x509.X509Certificate(certificatePem),
      privateKey: await webcrypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, false, ['sign']),
    };
  } catch {
    return undefined;
  }
}

async function makeAuthority(caFile: string, keyFile: string): Promise<Authority> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: makeSerialNumber(),
    // Each authority has its own name, because authorities with the same name and different keys confuse verifiers.
    name: `CN=Sesame local certificate authority ${randomBytes(4).toString('hex')}`,
    ...validity(authorityDays),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await replaceFile(keyFile, await exportKey(keys.privateKey), 0o600);
  await replaceFile(caFile, `${certificate.toString('pem')}\n`, 0o644);
  return { certificate, privateKey: keys.privateKey };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function makeSerialNumber(): string {
  // The leading 01 keeps the number positive and free of leading zeros.
  return `01${randomBytes(15).toString('hex')}`;
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - dayMs), notAfter: new Date(now + days * dayMs) };
}

async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, text, { mode });
  await rename(draft, file);
}
