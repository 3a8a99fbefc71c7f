"""Loaded by the Python of a traced program, by PYTHONPATH: starts the tracer, then the sitecustomize it hides."""

import sys


def _start():
    import os

    path = os.environ.get("WHYWIRE_TRACE")
    if path:
        try:
            import whywire_tracer

            whywire_tracer.install(path)
        except Exception as error:  # never let the program pay for us
            sys.stderr.write(f"whywire: this program is not traced: {error!r}\n")
    _chain(os.path)


def _chain(path):
    """Run the sitecustomize that stands behind this one on the path, if there is one."""
    import importlib.machinery
    import importlib.util

    here = path.dirname(path.abspath(__file__))
    places = [place for place in sys.path if path.abspath(place or ".") != here]
    found = importlib.machinery.PathFinder.find_spec("sitecustomize", places)
    if found is not None and found.loader is not None:
        module = importlib.util.module_from_spec(found)
        sys.modules["sitecustomize"] = module
        found.loader.exec_module(module)


_start()
