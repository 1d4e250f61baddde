"""Runs `main()` of a module here with Django ready and prints what it returns as JSON: `-m tests.bench.run facts`."""

import importlib
import json
import sys

import django

if __name__ == "__main__":
    django.setup()
    print(json.dumps(importlib.import_module(f"tests.bench.{sys.argv[1]}").main(), ensure_ascii=False))
