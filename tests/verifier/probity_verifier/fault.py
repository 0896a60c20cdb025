"""The one kind of outcome that stops or marks a verification (format page, Appendix B)."""


class Fault(Exception):
    """A broken rule of the format: its code, and what was looked at, found and expected."""

    def __init__(self, code, what, found=None, expected=None, entry=None):
        super().__init__(code, what)
        self.code, self.what, self.entry = code, what, entry
        self.found, self.expected = found, expected

    def as_dict(self):
        return {"code": self.code, "entry": self.entry, "what": self.what,
                "found": show(self.found), "expected": show(self.expected)}


class InputError(Exception):
    """The input cannot be read at all: exit status 2, no fault code."""


def show(value):
    """A short text for people: bytes as hexadecimal, everything else as it prints."""
    if value is None:
        return None
    text = bytes(value).hex() if isinstance(value, (bytes, bytearray)) else str(value)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")     # names of files may hold anything
    return text if len(text) <= 300 else text[:300] + "…"
