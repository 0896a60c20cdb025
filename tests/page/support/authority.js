// A timestamp authority made up for a test: its certificates and tokens put together byte by byte, so that each rule can be
// broken by itself. `change` hooks get the parts before they are signed.

import { createHash, generateKeyPairSync, sign } from 'node:crypto';

// --- DER

function length(count) {
  if (count < 0x80) return Buffer.from([count]);
  const digits = Buffer.from(count.toString(16).padStart(2 * Math.ceil(count.toString(16).length / 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
}

export function der(tag, ...parts) {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

export const seq = (...parts) => der(0x30, ...parts);
export const set = (...parts) => der(0x31, ...[...parts].sort(Buffer.compare));
export const octets = (bytes) => der(0x04, bytes);
export const bits = (bytes) => der(0x03, Buffer.from([0]), bytes);
export const explicit = (n, ...parts) => der(0xa0 | n, ...parts);
const truth = der(0x01, Buffer.from([0xff]));
const nothing = der(0x05);

export function int(number) {
  let digits = BigInt(number).toString(16);
  if (digits.length % 2) digits = `0${digits}`;
  return der(0x02, Buffer.from(parseInt(digits.slice(0, 2), 16) > 0x7f ? `00${digits}` : digits, 'hex'));
}

export function oid(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const arcs = [40 * first + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left & 0x7f));
    return digits;
  });
  return der(0x06, Buffer.from(arcs));
}

const moment = (seconds) => new Date(seconds * 1000).toISOString().replace(/[-:T]|\.\d+/g, '');
const utcTime = (seconds) => der(0x17, Buffer.from(moment(seconds).slice(2)));
export const generalizedTime = (text) => der(0x18, Buffer.from(text));

// --- algorithms

export const HASHES = {
  sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3',
};
const RSA = {
  plain: '1.2.840.113549.1.1.1', sha1: '1.2.840.113549.1.1.5', sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13',
};
const EC = { sha1: '1.2.840.10045.4.1', sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' };

export const digestOf = (hash, bytes) => createHash(hash).update(bytes).digest();
export const hashNamed = (hash) => seq(oid(HASHES[hash]), nothing);

function signatureNamed(key, hash, plain = false) {
  if (key.asymmetricKeyType === 'ec') return seq(oid(EC[hash]));
  return seq(oid(plain ? RSA.plain : RSA[hash]), nothing);
}

const keys = new Map();

/** A key pair by name: `rsa2048`, `P-256` and so on; `which` tells several apart. Each is made once. */
export function keyPair(sort, which = '') {
  const name = `${sort} ${which}`;
  if (!keys.has(name)) {
    keys.set(name, sort.startsWith('rsa') ? generateKeyPairSync('rsa', { modulusLength: Number(sort.slice(3)) })
      : generateKeyPairSync('ec', { namedCurve: sort }));
  }
  return keys.get(name);
}

// --- certificates

export const nameOf = (common) => seq(set(seq(oid('2.5.4.3'), der(0x0c, Buffer.from(common)))));

export const extension = (name, critical, value) => seq(oid(name), ...(critical ? [truth] : []), octets(value));
export const EXTENSIONS = {
  ca: (longest) => extension('2.5.29.19', true, seq(truth, ...(longest === undefined ? [] : [int(longest)]))),
  noCa: () => extension('2.5.29.19', true, seq()),
  usage: (...which) => {
    let byte = 0;
    for (const bit of which) byte |= 0x80 >> bit;
    return extension('2.5.29.15', true, der(0x03, Buffer.from([Math.min(...[0, 1, 2, 3, 4, 5, 6, 7].filter((n) => byte >> n & 1)), byte])));
  },
  purposes: (critical, ...names) => extension('2.5.29.37', critical, seq(...names.map(oid))),
  keyId: (bytes) => extension('2.5.29.14', false, octets(bytes)),
};
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

let serial = 1000n;

/** A certificate `{der, key, name, issuer, serial}` for `key`, signed by `by` (by itself if nobody is given). */
export function certificate({
  name, key, by = null, hash = 'sha256', from = 1500000000, until = 4000000000, extensions = [], version = 2, spki, outer,
}) {
  const self = { name: nameOf(name), key, serial: int(serial += 1n) };
  const issuer = by ?? self;
  const algorithm = signatureNamed(issuer.key.privateKey, hash);
  const tbs = seq(
    ...(version === null ? [] : [explicit(0, int(version))]), self.serial, algorithm, issuer.name,
    seq(utcTime(from), until > 2500000000 ? generalizedTime(moment(until)) : utcTime(until)), self.name,
    spki ?? key.publicKey.export({ format: 'der', type: 'spki' }),
    ...(extensions.length ? [explicit(3, seq(...extensions))] : []),
  );
  return {
    ...self, issuer: issuer.name,
    der: seq(tbs, outer ?? algorithm, bits(sign(hash, tbs, issuer.key.privateKey))),
  };
}

export const pem = (...certificates) => certificates.map(({ der: bytes }) => (
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END CERTIFICATE-----\n`)).join('');

/** A root, as many authorities between as `between` says, and a signer for time stamping. */
export function authority({ sort = 'P-256', between = 0, signer = {}, root = {}, middle = {}, longest, name = 'Example TSA' } = {}) {
  const { ca, usage, purposes } = EXTENSIONS;
  const top = certificate({ name: `${name} Root`, key: keyPair(sort, 'root'), extensions: [ca(longest), usage(5, 6)], ...root });
  const chain = [top];
  for (let step = 0; step < between; step++) {
    chain.push(certificate({
      name: `${name} Authority ${step}`, key: keyPair(sort, `between ${step}`), by: chain.at(-1), extensions: [ca(), usage(5, 6)], ...middle,
    }));
  }
  const own = certificate({
    name, key: keyPair(sort, 'signer'), by: chain.at(-1), extensions: [EXTENSIONS.noCa(), usage(0), purposes(true, TIME_STAMPING)], ...signer,
  });
  return { root: top, between: chain.slice(1), signer: own };
}

// --- tokens

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const attribute = (name, ...values) => seq(oid(name), set(...values));
export const ATTRIBUTES = {
  contentType: (type = TST_INFO) => attribute('1.2.840.113549.1.9.3', oid(type)),
  messageDigest: (bytes) => attribute('1.2.840.113549.1.9.4', octets(bytes)),
  signingCertificate: ({ der: bytes }) => attribute('1.2.840.113549.1.9.16.2.12', seq(seq(seq(octets(digestOf('sha1', bytes)))))),
  signingCertificateV2: ({ der: bytes }, hash = 'sha256') => attribute('1.2.840.113549.1.9.16.2.47',
    seq(seq(seq(...(hash === 'sha256' ? [] : [hashNamed(hash)]), octets(digestOf(hash, bytes)))))),
};

/** A TimeStampResp over bytes. Every part may be given otherwise. */
export function timestamp(over, { signer, between = [] }, {
  time = 1790000000, genTime = `${moment(time)}`, imprintHash = 'sha256', hash = 'sha256', plain = false, status = 0, version = 1,
  imprint = seq(hashNamed(imprintHash), octets(digestOf(imprintHash, over))), certificates = [signer, ...between],
  attributes, identifier = seq(signer.issuer, signer.serial), contentType = TST_INFO, signers = 1, extra = [], algorithm,
  digestAlgorithm = hashNamed(hash), key = signer.key.privateKey, altered = (bytes) => bytes, signedAttributes = true,
} = {}) {
  const info = seq(int(version), oid('1.2.3.4.1'), imprint, int(77), generalizedTime(genTime), ...extra);
  const all = attributes?.(info) ?? [ATTRIBUTES.contentType(), ATTRIBUTES.messageDigest(digestOf(hash, info)),
    ATTRIBUTES.signingCertificateV2(signer)];
  const signed = set(...all);
  const signature = sign(hash, signedAttributes ? signed : info, key);
  const inner = Buffer.from(signed);
  inner[0] = 0xa0;
  const one = seq(int(identifier[0] === 0x30 ? 1 : 3), identifier, digestAlgorithm, ...(signedAttributes ? [inner] : []),
    algorithm ?? signatureNamed(key, hash, plain), octets(altered(signature)));
  const data = seq(int(3), set(digestAlgorithm), seq(oid(contentType), explicit(0, octets(info))),
    ...(certificates.length ? [der(0xa0, ...certificates.map(({ der: bytes }) => bytes))] : []),
    set(...Array.from({ length: signers }, () => one)));
  return seq(seq(int(status)), seq(oid('1.2.840.113549.1.7.2'), explicit(0, data)));
}
