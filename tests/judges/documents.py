"""Documents against the JSON Schemas that probity gives: each line of the file is
{"kind", "schema", "document", "valid"}, and the library must agree with "valid"."""

import json
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit("the package jsonschema is missing: pip install -r tests/requirements.txt")

wrong, count = [], 0
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        case = json.loads(line)
        Draft202012Validator.check_schema(case["schema"])
        validator = Draft202012Validator(case["schema"], format_checker=Draft202012Validator.FORMAT_CHECKER)
        errors = [error.message for error in validator.iter_errors(case["document"])]
        count += 1
        if (not errors) != case["valid"]:
            wrong.append(f"{case['kind']}, {case['what']}: {errors[:3] or 'taken'}")
if wrong:
    sys.exit("\n".join(wrong))
print(count, "documents")
