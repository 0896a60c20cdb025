// Timestamp tokens, by the items of section 15: those that OpenSSL makes, and those made up to break one rule each. OpenSSL
// is asked for its own opinion of them.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hex, unhex } from '../../src/page/verifier/bytes.js';
import { RootsError, rootsOf } from '../../src/page/verifier/certificate.js';
import { only } from '../../src/page/verifier/der.js';
import { digestNamed, isSigned, publicKeyOf, signatureNamed } from '../../src/page/verifier/publickey.js';
import { sha1 } from '../../src/page/verifier/sha1.js';
import { sha384 } from '../../src/page/verifier/sha2.js';
import { leadsToRoot, tokenOf } from '../../src/page/verifier/timestamp.js';
import * as made from './support/authority.js';
import { inFolder, readVector, vectorNames } from './verifier-support.js';

const OVER = Buffer.from('example.org/school\n12\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n');
const { ATTRIBUTES, EXTENSIONS, TIME_STAMPING, authority, certificate, explicit, int, keyPair, octets, pem, seq, timestamp } = made;

// Items 1 to 5, and then 6 and 7.
function judged(response, root, over = OVER) {
  const token = tokenOf(response, over);
  if (token.why !== null) return token.why;
  return leadsToRoot(token, rootsOf(Buffer.from(pem(root)))) ? 'trusted' : 'claimed';
}

// Whether OpenSSL takes a token at a time.
function openssl(response, root, between = [], { time = 1790000000, over = OVER } = {}) {
  return inFolder((folder) => {
    const file = (name, content) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const untrusted = between.length ? ['-untrusted', file('between.pem', pem(...between))] : [];
    const args = ['ts', '-verify', '-attime', String(time), '-in', file('token.tsr', response), '-data', file('over', over),
      '-CAfile', file('root.pem', pem(root)), ...untrusted];
    return spawnSync('openssl', args).status === 0;
  });
}

test('SHA-1 and SHA-384 are those of others, at every length around a block', () => {
  for (const length of [...Array.from({ length: 260 }, (_, i) => i), 5000]) {
    const bytes = randomBytes(length);
    assert.equal(hex(sha1(bytes)), createHash('sha1').update(bytes).digest('hex'));
    assert.equal(hex(sha384(bytes)), createHash('sha384').update(bytes).digest('hex'));
  }
});

const element = (bytes, tag = 0x30) => only(bytes, tag);
const EC = { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' };
const RSA = { sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13' };

test('signatures: what others sign is valid, and nothing else', () => {
  for (const sort of ['rsa2048', 'rsa3072', 'P-256', 'P-384']) {
    for (const hash of ['sha256', 'sha384', 'sha512']) {
      const { publicKey, privateKey } = keyPair(sort);
      const key = publicKeyOf(element(publicKey.export({ format: 'der', type: 'spki' })));
      const name = signatureNamed(element(seq(made.oid((sort.startsWith('rsa') ? RSA : EC)[hash]))));
      const digest = digestNamed(element(made.hashNamed(hash)));
      for (let round = 0; round < (sort.startsWith('rsa') ? 2 : 6); round++) {
        const message = randomBytes(50);
        const signature = sign(hash, message, privateKey);
        const asked = (bytes, over = message) => isSigned(key, name, digest, over, bytes);
        assert.ok(asked(signature), `${sort} ${hash}`);
        assert.ok(!asked(signature, randomBytes(50)));
        const changed = Buffer.from(signature);
        changed[signature.length - 3] ^= 1;
        assert.ok(!asked(changed));
        assert.ok(!asked(signature.subarray(1)));
        assert.ok(!asked(Buffer.concat([signature, Buffer.from([0])])));
        assert.ok(!asked(Buffer.concat([Buffer.from([0]), signature])));
      }
    }
  }
});

test('ECDSA: numbers out of their range, and points that are not on the curve', () => {
  const { publicKey, privateKey } = keyPair('P-256');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const key = publicKeyOf(element(spki));
  const [name, digest] = [signatureNamed(element(seq(made.oid(EC.sha256)))), digestNamed(element(made.hashNamed('sha256')))];
  const message = Buffer.from('a message');
  const signature = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map((part) => BigInt(`0x${part.toString('hex')}`));
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const asked = (one, other) => isSigned(key, name, digest, message, seq(int(one), int(other)));
  assert.ok(asked(r, s));
  // The other of the two that every signature has: ECDSA can't tell them apart.
  assert.ok(asked(r, order - s));
  for (const [one, other] of [[0n, s], [r, 0n], [0n, 0n], [r + order, s], [r, s + order], [order, s], [r, order]]) {
    assert.ok(!asked(one, other), `${one} ${other}`);
  }
  for (const at of [spki.length - 1, spki.length - 40]) {
    const other = Buffer.from(spki);
    other[at] ^= 1;
    assert.equal(publicKeyOf(element(other)), null);
  }
  const compressed = Buffer.from(spki);
  compressed[spki.length - 65] = 0x03;
  assert.equal(publicKeyOf(element(compressed)), null);
});

test('keys of a size or curve that is not taken', () => {
  for (const [sort, options] of [['rsa', { modulusLength: 1024 }], ['rsa', { modulusLength: 2040 }],
    ['rsa', { modulusLength: 2048, publicExponent: 2 ** 33 + 17 }], ['ec', { namedCurve: 'secp256k1' }],
    ['ec', { namedCurve: 'P-521' }], ['ed25519', {}]]) {
    let pair;
    try {
      pair = generateKeyPairSync(sort, options);
    } catch {
      continue;
    }
    const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
    assert.equal(publicKeyOf(element(spki)), null, `${sort} ${JSON.stringify(options, (_, n) => String(n))}`);
  }
});

for (const sort of ['rsa2048', 'P-256', 'P-384']) {
  for (const between of [0, 1, 3]) {
    test(`a token by ${sort}, ${between} authorities between: trusted, by OpenSSL too`, () => {
      const tsa = authority({ sort, between });
      const hash = sort === 'P-384' ? 'sha384' : 'sha256';
      const response = timestamp(OVER, tsa, { hash });
      const token = tokenOf(response, OVER);
      assert.equal(token.why, null);
      assert.equal(token.time, 1790000000);
      assert.equal(token.by, 'Example TSA');
      assert.equal(judged(response, tsa.root), 'trusted');
      assert.ok(openssl(response, tsa.root), 'OpenSSL');
      const other = authority({ sort: 'P-256', name: 'Another' });
      assert.equal(judged(response, other.root), 'claimed');
      assert.ok(!openssl(response, other.root), 'OpenSSL, other root');
    });
  }
}

const plain = authority();
// Each: what is wrong, the response, what is said of it (`null`: by items 6 and 7 only), and whether OpenSSL takes it.
const info = (bytes, hash = 'sha256') => ATTRIBUTES.messageDigest(made.digestOf(hash, bytes));
const withAttributes = (make, more = {}) => timestamp(OVER, plain, { attributes: make, ...more });
const usual = (bytes) => [ATTRIBUTES.contentType(), info(bytes), ATTRIBUTES.signingCertificateV2(plain.signer)];
const signerWith = (...extensions) => authority({ signer: { extensions } });
const { ca, noCa, purposes, usage } = EXTENSIONS;
const stamping = purposes(true, TIME_STAMPING);

const REFUSED = {
  'other bytes': [timestamp(Buffer.from('other'), plain), /over other bytes/],
  'another imprint algorithm, SHA-1': [timestamp(OVER, plain, { imprintHash: 'sha1' }), /over other bytes/],
  'a status that is a refusal': [timestamp(OVER, plain, { status: 2 }), /gave none/],
  'a TSTInfo of version 2': [timestamp(OVER, plain, { version: 2 }), /version 1/],
  'a content type that is no TSTInfo': [timestamp(OVER, plain, { contentType: '1.2.840.113549.1.7.1' }), /no TSTInfo/],
  'two signers': [timestamp(OVER, plain, { signers: 2 }), /too many/],
  'no signer': [timestamp(OVER, plain, { signers: 0 }), /too early/],
  'no signed attributes': [timestamp(OVER, plain, { signedAttributes: false }), /another type/],
  'no content type': [withAttributes((bytes) => usual(bytes).slice(1)), /content type/],
  'another content type': [withAttributes((bytes) => [ATTRIBUTES.contentType('1.2.840.113549.1.7.1'), ...usual(bytes).slice(1)]), /content type/],
  'content type twice': [withAttributes((bytes) => [ATTRIBUTES.contentType(), ...usual(bytes)]), /twice/],
  'no message digest': [withAttributes((bytes) => [usual(bytes)[0], usual(bytes)[2]]), /message digest/],
  'another message digest': [withAttributes((bytes) => [usual(bytes)[0], info(OVER), usual(bytes)[2]]), /message digest/],
  'no signing certificate': [withAttributes((bytes) => usual(bytes).slice(0, 2)), /signing certificate/],
  'another signing certificate': [withAttributes((bytes) => [...usual(bytes).slice(0, 2), ATTRIBUTES.signingCertificateV2(plain.root)]), /signing certificate/],
  'a signing certificate in the older form, another': [
    withAttributes((bytes) => [...usual(bytes), ATTRIBUTES.signingCertificate(plain.root)]), /signing certificate/],
  'the certificate of the signer not in it': [timestamp(OVER, plain, { certificates: [plain.root] }), /not in it/],
  'no certificates': [timestamp(OVER, plain, { certificates: [] }), /not in it/],
  'another serial number': [timestamp(OVER, plain, { identifier: seq(plain.signer.issuer, int(5)) }), /not in it/],
  'a subject key identifier that nobody has': [timestamp(OVER, plain, { identifier: made.der(0x80, Buffer.from('abc')) }), /not in it/],
  'a signature by another key': [timestamp(OVER, plain, { key: keyPair('P-256', 'root').privateKey }), /doesn't verify/],
  'a changed signature': [timestamp(OVER, plain, { altered: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1) ^ 1])]) }), /doesn't verify/],
  'SHA-1 as its digest': [timestamp(OVER, plain, { hash: 'sha1' }), /not taken/],
  'two hashes': [timestamp(OVER, plain, { digestAlgorithm: made.hashNamed('sha384') }), /two hash/],
  'no extended key usage': [timestamp(OVER, signerWith(noCa(), usage(0))), /not for time stamping/],
  'an extended key usage that is not critical': [timestamp(OVER, signerWith(purposes(false, TIME_STAMPING))), /not for time stamping/],
  'an extended key usage for more': [timestamp(OVER, signerWith(purposes(true, TIME_STAMPING, '1.3.6.1.5.5.7.3.4'))), /not for time stamping/],
  'an extended key usage for something else': [timestamp(OVER, signerWith(purposes(true, '1.3.6.1.5.5.7.3.4'))), /not for time stamping/],
  'a key usage for certificates only': [timestamp(OVER, signerWith(stamping, usage(5))), /may not sign/],
  'seventeen certificates': [timestamp(OVER, plain, { certificates: [plain.signer, ...Array(16).fill(plain.root)] }), /more than 16/],
  'a time with a zone': [timestamp(OVER, plain, { genTime: '20260921133320+0100' }), /time/],
  'a time without seconds': [timestamp(OVER, plain, { genTime: '202609211333Z' }), /time/],
  'a day that no calendar has': [timestamp(OVER, plain, { genTime: '20260231133320Z' }), /calendar/],
  'a time before 1970': [timestamp(OVER, plain, { genTime: '19690231133320Z' }), /time/],
  'more behind it': [Buffer.concat([timestamp(OVER, plain), Buffer.from([0])]), /too many/],
  'cut off': [timestamp(OVER, plain).subarray(0, -1), /too early/],
  nothing: [Buffer.alloc(0), /too early/],
  'more than a mebibyte': [Buffer.concat([timestamp(OVER, plain), Buffer.alloc(1 << 20)]), /1 MiB/],
  'an RSA key of 1,024 bits': [timestamp(OVER, authority({ signer: { key: keyPair('rsa1024') } })), /doesn't verify/],
};

for (const [name, [response, words]] of Object.entries(REFUSED)) {
  test(`no token: ${name}`, () => {
    assert.match(judged(response, plain.root), words);
  });
}

test('OpenSSL refuses the same, but for what it doesn\'t look at', () => {
  const taken = Object.entries(REFUSED).filter(([, [response]]) => openssl(response, plain.root)).map(([name]) => name);
  const notItsRule = ['another imprint algorithm, SHA-1', 'SHA-1 as its digest', 'no content type', 'another content type', 'content type twice',
    'seventeen certificates', 'a time with a zone', 'a time without seconds', 'a day that no calendar has', 'a time before 1970', 'more behind it',
    'more than a mebibyte', 'an RSA key of 1,024 bits'];
  assert.deepEqual(taken.filter((name) => !notItsRule.includes(name)), []);
});

const ACCEPTED = {
  'status 1, granted with changes': [timestamp(OVER, plain, { status: 1 })],
  'an imprint by SHA-384': [timestamp(OVER, plain, { imprintHash: 'sha384' })],
  'an imprint by SHA-512, all by SHA-512': [timestamp(OVER, plain, {
    imprintHash: 'sha512', hash: 'sha512',
    attributes: (bytes) => [ATTRIBUTES.contentType(), info(bytes, 'sha512'), ATTRIBUTES.signingCertificateV2(plain.signer, 'sha512')],
  })],
  'the older signing certificate attribute': [withAttributes((bytes) => [...usual(bytes).slice(0, 2), ATTRIBUTES.signingCertificate(plain.signer)])],
  'both signing certificate attributes': [withAttributes((bytes) => [...usual(bytes), ATTRIBUTES.signingCertificate(plain.signer)])],
  'a fraction of a second': [timestamp(OVER, plain, { genTime: '20260921141320.75Z' })],
  'accuracy, ordering, nonce and name': [timestamp(OVER, plain, {
    extra: [seq(int(1)), made.der(1, Buffer.from([0xff])), int(987654321), explicit(0, made.der(0xa4, plain.signer.name))],
  })],
  'no key usage': (() => { const tsa = signerWith(stamping); return [timestamp(OVER, tsa), tsa]; })(),
  'a key usage of nonRepudiation': (() => { const tsa = signerWith(stamping, usage(1)); return [timestamp(OVER, tsa), tsa]; })(),
  'the signer by its subject key identifier': (() => {
    const tsa = signerWith(stamping, EXTENSIONS.keyId(Buffer.from('this one')));
    return [timestamp(OVER, tsa, { identifier: made.der(0x80, Buffer.from('this one')) }), tsa, 'OpenSSL has only the other way'];
  })(),
  'plain rsaEncryption': (() => { const tsa = authority({ sort: 'rsa2048' }); return [timestamp(OVER, tsa, { plain: true }), tsa]; })(),
  'an RSA key of 4,096 bits': (() => { const tsa = authority({ signer: { key: keyPair('rsa4096') } }); return [timestamp(OVER, tsa), tsa]; })(),
};
for (const [name, [response, tsa = plain, alone]] of Object.entries(ACCEPTED)) {
  test(`a token with ${name}: trusted, ${alone ?? 'by OpenSSL too'}`, () => {
    assert.equal(judged(response, tsa.root), 'trusted');
    assert.equal(tokenOf(response, OVER).time, 1790000000);
    if (!alone) assert.ok(openssl(response, tsa.root));
  });
}

// Items 6 and 7: the token holds in itself, and nobody stands behind it.
const UNKNOWN = made.extension('1.2.3.4.5', true, Buffer.from([5, 0]));
const CHAINS = {
  'a signer that was not valid yet': [authority({ signer: { from: 1790000001 } }), 'claimed', false],
  'a signer that was valid no more': [authority({ signer: { until: 1789999999 } }), 'claimed', false],
  'a signer valid from that second': [authority({ signer: { from: 1790000000 } }), 'trusted', true],
  // RFC 5280 counts the last second in; OpenSSL doesn't.
  'a signer valid to that second': [authority({ signer: { until: 1790000000 } }), 'trusted', null],
  'a root that was valid no more': [authority({ root: { until: 1789999999 } }), 'claimed', false],
  'an authority between that was valid no more': [authority({ between: 1, middle: { until: 1789999999 } }), 'claimed', false],
  'an authority between that is none': [authority({ between: 1, middle: { extensions: [noCa(), usage(5)] } }), 'claimed', false],
  'an authority between without constraints': [authority({ between: 1, middle: { extensions: [usage(5)] } }), 'claimed', false],
  'an authority between that may not sign certificates': [authority({ between: 1, middle: { extensions: [ca(), usage(0)] } }), 'claimed', false],
  'an authority between without a key usage': [authority({ between: 1, middle: { extensions: [ca()] } }), 'trusted', true],
  'a path length that is too short': [authority({ between: 2, longest: 1 }), 'claimed', false],
  'a path length that is enough': [authority({ between: 2, longest: 2 }), 'trusted', true],
  'a path length of none, and none between': [authority({ longest: 0 }), 'trusted', true],
  'a root that is no authority': [authority({ root: { extensions: [noCa()] } }), 'claimed', false],
  'a root of version 1': [authority({ root: { extensions: [], version: null } }), 'claimed', null],
  'an unknown critical extension of the signer': [authority({ signer: { extensions: [stamping, UNKNOWN] } }), 'claimed', false],
  'an unknown critical extension of the root': [authority({ root: { extensions: [ca(), UNKNOWN] } }), 'claimed', null],
  'an unknown critical extension between': [authority({ between: 1, middle: { extensions: [ca(), UNKNOWN] } }), 'claimed', false],
  'a chain of eight': [authority({ between: 6 }), 'trusted', true],
  'a chain of nine': [authority({ between: 7 }), 'claimed', null],
  'a certificate signed with SHA-1': [authority({ signer: { hash: 'sha1' } }), 'claimed', null],
  'a certificate with two algorithms': [authority({ between: 1, middle: { outer: seq(made.oid(EC.sha384)) } }), 'claimed', null],
};
for (const [name, [tsa, expected, taken]] of Object.entries(CHAINS)) {
  test(`a chain: ${name}`, () => {
    const response = timestamp(OVER, tsa);
    assert.equal(judged(response, tsa.root), expected);
    if (taken !== null) assert.equal(openssl(response, tsa.root), taken, 'OpenSSL');
  });
}

test('a chain: the signer\'s own certificate as a root, and an authority between', () => {
  const tsa = authority({ between: 1 });
  const response = timestamp(OVER, tsa);
  assert.equal(judged(response, tsa.signer), 'trusted');
  assert.equal(judged(response, tsa.between[0]), 'trusted');
  assert.equal(judged(timestamp(OVER, tsa, { certificates: [tsa.signer] }), tsa.root), 'claimed');
  const roots = rootsOf(Buffer.from(pem(authority({ name: 'Another' }).root) + pem(tsa.between[0], tsa.root)));
  assert.ok(leadsToRoot(tokenOf(timestamp(OVER, tsa, { certificates: [tsa.signer] }), OVER), roots), 'all from the reader');
});

test('a chain: a certificate of the same name, signed by another key', () => {
  const tsa = authority();
  const other = certificate({ name: 'Example TSA Root', key: keyPair('P-256', 'another'), extensions: [ca(), usage(5)] });
  const response = timestamp(OVER, tsa, { certificates: [other, tsa.signer, tsa.root] });
  assert.equal(judged(response, other), 'claimed');
  assert.equal(judged(response, tsa.root), 'trusted');
});

test('every byte of a token that is looked at counts', () => {
  const tsa = authority();
  const response = timestamp(OVER, tsa);
  const trusted = [];
  for (let at = 0; at < response.length; at++) {
    const changed = Buffer.from(response);
    changed[at] ^= 1 << at % 8;
    if (judged(changed, tsa.root) === 'trusted') trusted.push(at);
  }
  // Versions, parameters, the list of digest algorithms: nothing that says what, when or by whom.
  for (const at of trusted) {
    const changed = Buffer.from(response);
    changed[at] ^= 1 << at % 8;
    assert.deepEqual([tokenOf(changed, OVER).time, tokenOf(changed, OVER).by], [1790000000, 'Example TSA']);
  }
  assert.ok(trusted.length < 60, `${trusted.length}`);
});

test('files of roots', () => {
  const one = pem(plain.root);
  assert.equal(rootsOf(Buffer.from(`Example TSA\n=====\n${one}\r\n${one.replaceAll('\n', '\r\n')}and more`)).length, 2);
  for (const [content, words] of [['', /no certificate/], ['hello', /no certificate/], [one.slice(0, -20), /cut off/],
    [one.replace(/[A-Za-z]{8}\n/, '!\n'), /can't be read/], [`-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n`, /can't be read/],
    [Buffer.from([0xff, 0xfe]), /not text/]]) {
    assert.throws(() => rootsOf(Buffer.from(content)), (error) => error instanceof RootsError && words.test(error.message));
  }
});

test('the kept tokens', () => {
  const names = vectorNames('timestamp');
  assert.ok(names.length >= 84);
  for (const name of names) {
    const { expected, fields, content } = readVector('timestamp', name);
    const token = tokenOf(content, unhex(fields.over));
    const roots = fields.roots ? rootsOf(unhex(fields.roots)) : [];
    const found = token.why !== null ? 'invalid' : `${leadsToRoot(token, roots) ? 'trusted' : 'claimed'} ${token.time} ${token.by}`;
    assert.equal(found, expected, `${name}: ${token.why}`);
  }
});

// --- what OpenSSL makes by itself

const CONFIG = (digest, ess) => `
[tsa]
default_tsa = one
[one]
serial = tsaserial
crypto_device = builtin
signer_digest = ${digest}
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = yes
ess_cert_id_alg = ${ess}
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[stamp]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
authorityKeyIdentifier = keyid
`;

for (const [key, digest, ess] of [['rsa:2048', 'sha256', 'sha1'], ['rsa:3072', 'sha512', 'sha256'], ['ec:P-256', 'sha256', 'sha256'],
  ['ec:P-384', 'sha384', 'sha384']]) {
  test(`a token that OpenSSL made: ${key}, ${digest}, certificate named by ${ess}`, () => inFolder((folder) => {
    const run = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    writeFileSync(join(folder, 'conf'), CONFIG(digest, ess));
    writeFileSync(join(folder, 'over'), OVER);
    const [sort, size] = key.split(':');
    const fresh = sort === 'rsa' ? ['-newkey', key] : ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${size}`];
    const request = (name, ...more) => run('req', '-config', 'conf', '-new', ...fresh, '-nodes', '-keyout', `${name}.key`, '-subj', `/O=Test/CN=${name}`, ...more);
    const issued = (name, by, extensions) => {
      request(name, '-out', `${name}.csr`);
      run('x509', '-req', '-in', `${name}.csr`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '30', `-${digest}`,
        '-extfile', 'conf', '-extensions', extensions, '-out', `${name}.pem`);
    };
    request('root', '-x509', '-days', '60', '-extensions', 'ca', '-out', 'root.pem');
    issued('between', 'root', 'ca');
    issued('A Timestamp Authority', 'between', 'stamp');
    run('ts', '-query', '-config', 'conf', '-data', 'over', '-sha512', '-cert', '-out', 'query');
    run('ts', '-reply', '-config', 'conf', '-queryfile', 'query', '-signer', 'A Timestamp Authority.pem', '-inkey',
      'A Timestamp Authority.key', '-chain', 'between.pem', '-out', 'reply');
    run('ts', '-verify', '-data', 'over', '-in', 'reply', '-CAfile', 'root.pem');
    const token = tokenOf(readFileSync(join(folder, 'reply')), OVER);
    assert.equal(token.why, null);
    assert.equal(token.by, 'A Timestamp Authority');
    assert.ok(Math.abs(token.time - Date.now() / 1000) < 100);
    assert.ok(leadsToRoot(token, rootsOf(readFileSync(join(folder, 'root.pem')))));
    assert.ok(!leadsToRoot(token, rootsOf(Buffer.from(pem(plain.root)))));
  }));
}
