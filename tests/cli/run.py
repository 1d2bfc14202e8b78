#!/usr/bin/python3
"""Runs the command on tiny captures and looks at its output, messages and exit codes; prints TAP.
usage: run.py SOURCE_ROOT TAPIR"""

import sys

import harness
import main  # noqa: F401
import decode  # noqa: F401
import dump  # noqa: F401
import convert  # noqa: F401
import craft  # noqa: F401
import diff  # noqa: F401
import devices  # noqa: F401
import send  # noqa: F401
import streams  # noqa: F401
import completion  # noqa: F401

sys.exit(harness.main(sys.argv[1], sys.argv[2]))
