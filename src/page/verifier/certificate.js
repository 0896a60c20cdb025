// X.509 certificates (RFC 5280), as far as section 15 looks at them. Nothing about one that was read is believed yet.

import { base64, equal, hex, utf8 } from './bytes.js';
import { BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, OID, SEQUENCE } from './der.js';
import { bytesOfBits, ifDer, inside, momentOf, only, outerTag, plainTag, refuseDer, truth, unsigned } from './der.js';
import { isSigned, publicKeyOf, signatureNamed } from './publickey.js';

const COMMON_NAME = '550403';
const KEY_IDENTIFIER = '551d0e';
const KEY_USAGE = '551d0f';
const BASIC_CONSTRAINTS = '551d13';
const EXTENDED_KEY_USAGE = '551d25';
// Those and certificate policies and subject alternative name may be critical.
const MAY_BE_CRITICAL = new Set([KEY_USAGE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, '551d20', '551d11']);
const TIME_STAMPING = '2b06010505070308';
// UTF8String, PrintableString, IA5String
const TEXTS = [0x0c, 0x13, 0x16];

// A certificate, or null where the bytes are none.
export function certificateOf(bytes) {
  return ifDer(() => new Certificate(bytes));
}

class Certificate {
  constructor(bytes) {
    const outer = inside(only(bytes, SEQUENCE));
    const signed = outer.take(SEQUENCE);
    const algorithm = outer.take(SEQUENCE);
    this.signature = bytesOfBits(outer.take(BIT_STRING));
    outer.end();
    this.whole = bytes;
    this.signed = signed.whole;
    this.algorithm = signatureNamed(algorithm);
    const parts = inside(signed);
    parts.maybe(outerTag(0));
    this.serial = parts.take(INTEGER).whole;
    if (!equal(parts.take(SEQUENCE).whole, algorithm.whole)) refuseDer('two algorithms');
    this.issuer = parts.take(SEQUENCE).whole;
    const validity = inside(parts.take(SEQUENCE));
    this.notBefore = momentOf(validity.any());
    this.notAfter = momentOf(validity.any());
    validity.end();
    const subject = parts.take(SEQUENCE);
    this.subject = subject.whole;
    this.key = publicKeyOf(parts.take(SEQUENCE));
    parts.maybe(plainTag(1));
    parts.maybe(plainTag(2));
    this.extensions = extensionsOf(parts.maybe(outerTag(3)));
    parts.end();
    this.commonName = ifDer(() => lastCommonName(subject)) ?? '';
  }

  extension(name) {
    return this.extensions.get(name) ?? null;
  }

  hasKeyIdentifier(identifier) {
    const extension = this.extension(KEY_IDENTIFIER);
    return extension !== null && equal(extension.read.content, identifier);
  }

  // Its extended key usage is critical and names time stamping and nothing else.
  get isForTimeStampingOnly() {
    const extension = this.extension(EXTENDED_KEY_USAGE);
    if (extension === null || !extension.critical) return false;
    const purposes = extension.read;
    return purposes.length === 1 && purposes[0].tag === OID && hex(purposes[0].content) === TIME_STAMPING;
  }

  // The key usage allows one of these bits of its first octet, or isn't there.
  maybeUsedFor(bits) {
    const extension = this.extension(KEY_USAGE);
    return extension === null || (extension.read & bits) !== 0;
  }

  // digitalSignature or nonRepudiation.
  get maySign() {
    return this.maybeUsedFor(0xc0);
  }

  // It may sign a certificate that so many others stand below (keyCertSign).
  mayCertify(between) {
    const constraints = this.extension(BASIC_CONSTRAINTS)?.read;
    return Boolean(constraints?.authority) && between <= constraints.longest && this.maybeUsedFor(0x04);
  }

  isValidAt(time) {
    return this.notBefore <= time && time <= this.notAfter;
  }

  get hasUnknownCriticalExtension() {
    return [...this.extensions].some(([name, { critical }]) => critical && !MAY_BE_CRITICAL.has(name));
  }

  isSignedBy(issuer) {
    const { algorithm, signed, signature } = this;
    return algorithm !== null && isSigned(issuer.key, algorithm, algorithm.digest, signed, signature);
  }
}

// What an extension's value is read as; others are not looked at.
const READ = {
  [KEY_IDENTIFIER]: (value) => only(value, OCTET_STRING),
  [KEY_USAGE]: keyUsage,
  [BASIC_CONSTRAINTS]: basicConstraints,
  [EXTENDED_KEY_USAGE]: (value) => inside(only(value, SEQUENCE)).all(),
};

function extensionsOf(explicit) {
  const found = new Map();
  for (const extension of explicit === null ? [] : inside(only(explicit.content, SEQUENCE)).all()) {
    const parts = inside(only(extension.whole, SEQUENCE));
    const name = hex(parts.take(OID).content);
    const flag = parts.maybe(BOOLEAN);
    const critical = flag !== null && truth(flag);
    const value = parts.take(OCTET_STRING).content;
    parts.end();
    if (found.has(name)) refuseDer('an extension twice');
    found.set(name, { critical, read: READ[name]?.(value) });
  }
  return found;
}

// The first octet of its bits.
function keyUsage(value) {
  const [unused, first] = only(value, BIT_STRING).content;
  if (unused === undefined || unused > 7 || (first === undefined && unused > 0)) refuseDer('bits of another form');
  return first ?? 0;
}

function basicConstraints(value) {
  const parts = inside(only(value, SEQUENCE));
  const flag = parts.maybe(BOOLEAN);
  const length = parts.maybe(INTEGER);
  parts.end();
  return { authority: flag !== null && truth(flag), longest: length === null ? Infinity : Number(unsigned(length)) };
}

function lastCommonName(subject) {
  let last = null;
  for (const set of inside(subject).all()) {
    for (const pair of inside(set).all()) {
      const parts = inside(pair);
      const [name, value] = [parts.take(OID), parts.any()];
      if (hex(name.content) === COMMON_NAME) last = value;
    }
  }
  return last !== null && TEXTS.includes(last.tag) ? utf8(last.content) : null;
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
const MOST_ROOTS = 1000;
const LONGEST_ROOTS = 4194304;

// The certificates of a reader's file (PEM); text around them is passed over. Or throws, saying why it can't be used.
export function rootsOf(bytes) {
  const refuse = (why) => {
    throw new RootsError(why);
  };
  if (bytes.length > LONGEST_ROOTS) refuse('it is longer than 4 MiB');
  const text = utf8(bytes);
  if (text === null) refuse('it is not text: certificates are expected as PEM');
  const roots = [];
  let digits = null;
  for (const line of text.split('\n').map((each) => each.trimEnd())) {
    if (digits === null) digits = line === BEGIN ? '' : null;
    else if (line !== END) digits += line;
    else {
      const coded = base64(digits);
      const root = coded && certificateOf(coded);
      if (root === null) refuse(`certificate ${roots.length + 1} in it can't be read`);
      if (roots.push(root) > MOST_ROOTS) refuse('there are more than 1,000 certificates in it');
      digits = null;
    }
  }
  if (digits !== null) refuse('its last certificate is cut off');
  if (roots.length === 0) refuse('there is no certificate in it: expected at least one, as PEM');
  return roots;
}

export class RootsError extends Error {}
