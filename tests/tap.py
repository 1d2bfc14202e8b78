"""Test cases as functions whose names are sentences, printed as TAP."""

import functools
import sys
import traceback

TESTS = []


class Skip(Exception):
    """Raised by a test that cannot run here, with the reason."""


def test(function):
    """Makes a function a test case; its name is the sentence it proves."""
    TESTS.append(function)
    return function


def timed(function):
    """A test of how long things take: other work of the machine may spoil one run of it or two, not three."""
    @functools.wraps(function)
    def tries(*arguments):
        for left in range(2, -1, -1):
            try:
                return function(*arguments)
            except Skip:
                raise
            except Exception as trouble:
                if not left:
                    raise
                print(f"# once more: {trouble}")
    return tries


def need(condition, text=""):
    if not condition:
        raise AssertionError(str(text))


def main():
    failed = 0
    print(f"1..{len(TESTS)}")
    for number, function in enumerate(TESTS, 1):
        try:
            function()
            print(f"ok {number} - {function.__name__}")
        except Skip as reason:
            print(f"ok {number} - {function.__name__} # SKIP {reason}")
        except Exception as trouble:  # a test that breaks fails alone
            failed += 1
            print(f"not ok {number} - {function.__name__}")
            place = traceback.extract_tb(trouble.__traceback__)
            lines = [f"{type(trouble).__name__}: {trouble}",
                     f"at {place[-1].filename}:{place[-1].lineno}",
                     f"from line {place[min(1, len(place) - 1)].lineno}"]
            for line in "\n".join(lines).splitlines():
                print(f"# {line}")
        sys.stdout.flush()
    return 1 if failed else 0
