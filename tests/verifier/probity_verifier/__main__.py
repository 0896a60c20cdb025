"""python3 -m probity_verifier [--fingerprint HEX] [--since FILE_OR_BUNDLE] [--format-page PATH] BUNDLE"""

import argparse
import json
import pathlib
import re
import sys

from . import bundle, kinds, report
from .fault import InputError

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "format.md"
EXIT = {"intact": 0, "not-genuine": 1, "cannot-check": 2}


def verify(path, page=PAGE, fingerprint=None, since=None):
    """The report on one bundle; raises InputError where there is nothing to judge."""
    if fingerprint is not None:
        if not re.fullmatch("[0-9a-fA-F]{64}", fingerprint):
            raise InputError("a fingerprint is 64 hexadecimal digits")
        fingerprint = bytes.fromhex(fingerprint)
    table = kinds.load(page)
    older = bundle.read_older(since, table) if since else None
    return report.build(bundle.Verification(path, table, fingerprint, older).run())


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="probity_verifier", description="Check an evidence bundle.")
    parser.add_argument("--fingerprint", metavar="HEX")
    parser.add_argument("--since", metavar="FILE_OR_BUNDLE")
    parser.add_argument("--format-page", metavar="PATH", default=PAGE)
    parser.add_argument("bundle", metavar="BUNDLE_ZIP_OR_FOLDER")
    options = parser.parse_args(arguments)
    try:
        result = verify(options.bundle, options.format_page, options.fingerprint, options.since)
    except InputError as error:
        result = {"verdict": "cannot-check", "fault": None, "error": str(error)}
    sys.stdout.reconfigure(encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return EXIT[result["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
