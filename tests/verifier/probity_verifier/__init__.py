"""A second verifier for probity evidence bundles, written from docs/format.md alone.

It shares no code with the program that makes bundles. Plain Python 3.11, standard library only.
"""
