"""`python -m refugee_adaptation` is the command `adaptation`."""

import sys

from refugee_adaptation.cli import main

sys.exit(main())
