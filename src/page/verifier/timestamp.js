// RFC 3161 timestamp tokens, judged by the seven items of section 15, without a network and without a clock: whether all
// was in order at the token's own time.

import { equal, hex, join } from './bytes.js';
import { certificateOf } from './certificate.js';
import { BIT_STRING, BOOLEAN, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE, SET } from './der.js';
import { DerError, inside, momentOf, only, outerTag, plainTag, refuseDer, truth, unsigned } from './der.js';
import { digestNamed, isSigned, signatureNamed } from './publickey.js';
import { sha1 } from './sha1.js';
import { sha256 } from './sha2.js';

const LONGEST_TOKEN = 1048576;
const MOST_CERTIFICATES = 16;
const LONGEST_CHAIN = 8;
// id-signedData and id-ct-TSTInfo
const SIGNED_DATA = '2a864886f70d010702';
const TST_INFO = '2a864886f70d0109100104';
const CONTENT_TYPE = '2a864886f70d010903';
const MESSAGE_DIGEST = '2a864886f70d010904';
const SIGNING_CERTIFICATE = '2a864886f70d010910020c';
const SIGNING_CERTIFICATE_V2 = '2a864886f70d010910022f';
const COUNTING = new Set([CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2]);

// A token over `over`: {time, by, why, signer, certificates}. `why` says which of items 1 to 5 doesn't hold, null if all
// do; `time` is null and `by` empty as long as it can't be told.
export function tokenOf(response, over) {
  const token = { time: null, by: '', why: null, signer: null, certificates: [] };
  try {
    if (response.length > LONGEST_TOKEN) refuseDer('it is longer than 1 MiB');
    judgeToken(token, response, over);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    token.why = error.message;
  }
  return token;
}

function judgeToken(token, response, over) {
  const { content, certificates, signer } = signedData(grantedToken(response));
  const imprint = readInfo(content, token);
  if (certificates.length > MOST_CERTIFICATES) refuseDer('it carries more than 16 certificates');
  const { identifier, digest, attributes, algorithm, signature } = signerInfo(signer);
  token.certificates = certificates.map(({ whole }) => certificateOf(whole)).filter((one) => one !== null);
  token.signer = token.certificates.find((one) => isIdentified(identifier, one)) ?? null;
  if (token.signer === null) refuseDer("the signer's certificate is not in it");
  token.by = token.signer.commonName;
  if (imprint.digest === null || !equal(imprint.digest.hash(over), imprint.value)) refuseDer('it is over other bytes');
  judgeAttributes(attributes, digest, content, token.signer);
  if (!token.signer.isForTimeStampingOnly) refuseDer("the signer's certificate is not for time stamping alone");
  if (!token.signer.maySign) refuseDer("the signer's certificate may not sign");
  const signed = join(attributes.whole);
  signed[0] = SET;
  if (!isSigned(token.signer.key, algorithm, digest, signed, signature)) refuseDer("its signature doesn't verify");
}

// Item 1: the token in a response.
function grantedToken(response) {
  const outer = inside(only(response, SEQUENCE));
  const status = inside(outer.take(SEQUENCE));
  const code = unsigned(status.take(INTEGER));
  status.maybe(SEQUENCE);
  status.maybe(BIT_STRING);
  status.end();
  if (code > 1n) refuseDer('the timestamp authority gave none');
  const token = outer.take(SEQUENCE);
  outer.end();
  return token;
}

function signedData(token) {
  const outer = inside(token);
  if (hex(outer.take(OID).content) !== SIGNED_DATA) refuseDer('its token is not signed data');
  const explicit = outer.take(outerTag(0));
  outer.end();
  const parts = inside(only(explicit.content, SEQUENCE));
  parts.take(INTEGER);
  parts.take(SET);
  const content = inside(parts.take(SEQUENCE));
  if (hex(content.take(OID).content) !== TST_INFO) refuseDer('its content is no TSTInfo');
  const octets = only(content.take(outerTag(0)).content, OCTET_STRING);
  content.end();
  const certificates = parts.maybe(outerTag(0));
  parts.maybe(outerTag(1));
  const signers = inside(parts.take(SET));
  parts.end();
  const signer = signers.take(SEQUENCE);
  signers.end();
  return { content: octets.content, certificates: certificates === null ? [] : inside(certificates).all(), signer };
}

// Reads the TSTInfo of version 1: takes its time, returns what it is over.
function readInfo(content, token) {
  const parts = inside(only(content, SEQUENCE));
  if (hex(parts.take(INTEGER).content) !== '01') refuseDer('its content is not of version 1');
  parts.take(OID);
  const imprint = inside(parts.take(SEQUENCE));
  const digest = digestNamed(imprint.take(SEQUENCE));
  const value = imprint.take(OCTET_STRING).content;
  imprint.end();
  parts.take(INTEGER);
  const time = momentOf(parts.take(GENERALIZED_TIME), true);
  parts.maybe(SEQUENCE);
  const ordering = parts.maybe(BOOLEAN);
  if (ordering !== null) truth(ordering);
  parts.maybe(INTEGER);
  parts.maybe(outerTag(0));
  parts.maybe(outerTag(1));
  parts.end();
  if (time < 0) refuseDer('a time before 1970');
  token.time = time;
  return { digest, value };
}

function signerInfo(element) {
  const parts = inside(element);
  parts.take(INTEGER);
  const identifier = parts.any();
  const digest = digestNamed(parts.take(SEQUENCE));
  const attributes = parts.take(outerTag(0));
  const algorithm = signatureNamed(parts.take(SEQUENCE));
  const signature = parts.take(OCTET_STRING).content;
  parts.maybe(outerTag(1));
  parts.end();
  if (digest === null || algorithm === null) refuseDer('an algorithm that is not taken');
  if (algorithm.digest !== null && algorithm.digest !== digest) refuseDer('two hash algorithms');
  return { identifier, digest, attributes, algorithm, signature };
}

// By issuer and serial number, or by subject key identifier.
function isIdentified(identifier, certificate) {
  if (identifier.tag === plainTag(0)) return certificate.hasKeyIdentifier(identifier.content);
  if (identifier.tag !== SEQUENCE) return false;
  const parts = inside(identifier);
  const [issuer, serial] = [parts.take(SEQUENCE), parts.take(INTEGER)];
  parts.end();
  return equal(issuer.whole, certificate.issuer) && equal(serial.whole, certificate.serial);
}

// Item 3.
function judgeAttributes(attributes, digest, content, certificate) {
  const values = new Map();
  for (const attribute of inside(attributes).all()) {
    const parts = inside(only(attribute.whole, SEQUENCE));
    const [name, set] = [hex(parts.take(OID).content), parts.take(SET)];
    parts.end();
    if (!COUNTING.has(name)) continue;
    const value = inside(set);
    if (values.has(name)) refuseDer('a signed attribute that stands there twice');
    values.set(name, value.any());
    value.end();
  }
  const kind = values.get(CONTENT_TYPE);
  if (kind?.tag !== OID || hex(kind.content) !== TST_INFO) refuseDer('another content type in its signed attributes');
  const found = values.get(MESSAGE_DIGEST);
  if (found?.tag !== OCTET_STRING || !equal(found.content, digest.hash(content))) {
    refuseDer('another message digest in its signed attributes');
  }
  const named = [[SIGNING_CERTIFICATE, false], [SIGNING_CERTIFICATE_V2, true]].filter(([name]) => values.has(name));
  const fits = ([name, newer]) => namesCertificate(values.get(name), newer, certificate);
  if (named.length === 0 || !named.every(fits)) refuseDer('another signing certificate in its signed attributes');
}

// Whether the first hash of a signing certificate attribute is that of the certificate.
function namesCertificate(value, newer, { whole }) {
  const first = inside(inside(inside(only(value.whole, SEQUENCE)).take(SEQUENCE)).take(SEQUENCE));
  const named = newer ? first.maybe(SEQUENCE) : null;
  const hash = !newer ? sha1 : named === null ? sha256 : digestNamed(named)?.hash;
  return hash !== undefined && equal(hash(whole), first.take(OCTET_STRING).content);
}

// Items 6 and 7: whether a chain of certificates, all valid at the token's time, leads from its signer to one of the
// roots. The search goes by distance from the signer and takes each certificate once: a shorter way to one is never
// worse, neither for the length of the chain nor for a path length.
export function leadsToRoot({ signer, certificates, time }, roots) {
  const sound = (one) => one.isValidAt(time) && !one.hasUnknownCriticalExtension;
  const isRoot = (one) => roots.some((root) => equal(root.whole, one.whole));
  if (!sound(signer)) return false;
  if (isRoot(signer)) return true;
  let left = [...roots, ...certificates].filter((one) => !equal(one.whole, signer.whole) && sound(one));
  let reached = [signer];
  for (let between = 0; between < LONGEST_CHAIN - 1 && reached.length > 0; between++) {
    const signs = (above, below) => equal(below.issuer, above.subject) && below.isSignedBy(above);
    const next = left.filter((above) => above.mayCertify(between) && reached.some((below) => signs(above, below)));
    if (next.some(isRoot)) return true;
    left = left.filter((one) => !next.includes(one));
    reached = next;
  }
  return false;
}
