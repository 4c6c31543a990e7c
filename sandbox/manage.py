#!/usr/bin/env python
"""Runs the sandbox's management commands, from wherever it is called."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run the command given on the command line."""
    # Python puts the folder of a script first on its path, where `settings` and `urls` could be
    # imported a second time under another name: the sandbox is the package `sandbox`, once.
    sys.path[:] = [str(HERE.parent)] + [entry for entry in sys.path if entry != str(HERE)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
