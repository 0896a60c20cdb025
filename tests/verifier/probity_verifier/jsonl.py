"""The derived reading copy entries.jsonl (section 14)."""

SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def text(value):
    return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'


def json_value(value):
    if value is None or isinstance(value, bool):
        return {None: "null", False: "false", True: "true"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return '"' + value.hex() + '"'
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return "[" + ",".join(map(json_value, value)) + "]"
    return "{" + ",".join(text(key) + ":" + json_value(item) for key, item in value.items()) + "}"


def line(entry, pairs):
    # `links` as stored has `rel` before `entry` already (section 2, shorter keys first).
    return json_value({
        "seq": entry.seq, "hash": entry.hash, "kid": entry.kid, "iss": entry.iss, "sub": entry.sub,
        "iat": entry.iat, "prev": entry.prev, "gov": entry.gov, "case": entry.case, "kind": entry.kind,
        "v": entry.v, "role": entry.role, "links": entry.links, "clear": entry.clear, "body": entry.body,
        "disclosed": {name: pair.value for name, pair in pairs.items()}}) + "\n"


def derive(entries, bodies):
    """The whole file, from entries ascending by seq and {seq: pairs}."""
    return "".join(line(entry, bodies.get(entry.seq, {})) for entry in entries).encode("utf-8")
