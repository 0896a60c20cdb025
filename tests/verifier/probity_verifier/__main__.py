"""python3 -m probity_verifier [--fingerprint HEX] [--since FILE_OR_BUNDLE] [--policy FILE] [--tsa-roots FILE.pem]
                            [--format-page PATH] BUNDLE"""

import argparse
import json
import pathlib
import re
import sys

from . import bundle, certificate, der, kinds, older, outside, policy, report
from .fault import Fault, InputError

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "format.md"
EXIT = {"intact": 0, "not-genuine": 1, "cannot-check": 2}


def read_policy(path):
    try:
        return policy.parse(older.respelled(pathlib.Path(path).read_bytes()))
    except (OSError, Fault) as error:
        raise InputError(f"the reader's policy cannot be read: {getattr(error, 'what', error)}") from None


def read_roots(path):
    try:
        return certificate.read_pem(pathlib.Path(path).read_bytes().decode("utf-8"))
    except (OSError, ValueError, der.DerError) as error:
        raise InputError(f"the root certificates cannot be read: {error}") from None


def verify(path, page=PAGE, fingerprint=None, since=None, trusted_policy=None, tsa_roots=None):
    """The report on one bundle; raises InputError where there is nothing to judge."""
    if fingerprint is not None:
        if not re.fullmatch("[0-9a-fA-F]{64}", fingerprint):
            raise InputError("a fingerprint is 64 hexadecimal digits")
        fingerprint = bytes.fromhex(fingerprint)
    trust = outside.Trust(read_policy(trusted_policy) if trusted_policy else None,
                          read_roots(tsa_roots) if tsa_roots else [])
    table = kinds.load(page)
    kept = older.read(since, table) if since else None
    return report.build(bundle.Verification(path, table, fingerprint, kept, trust).run())


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="probity_verifier", description="Check an evidence bundle.")
    parser.add_argument("--fingerprint", metavar="HEX")
    parser.add_argument("--since", metavar="FILE_OR_BUNDLE")
    parser.add_argument("--policy", metavar="FILE", help="whom the reader trusts as witnesses")
    parser.add_argument("--tsa-roots", metavar="FILE.pem", help="root certificates of timestamp authorities")
    parser.add_argument("--format-page", metavar="PATH", default=PAGE)
    parser.add_argument("bundle", metavar="BUNDLE_ZIP_OR_FOLDER")
    options = parser.parse_args(arguments)
    try:
        result = verify(options.bundle, options.format_page, options.fingerprint, options.since, options.policy,
                        options.tsa_roots)
    except InputError as error:
        result = {"verdict": "cannot-check", "fault": None, "error": str(error)}
    sys.stdout.reconfigure(encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return EXIT[result["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
