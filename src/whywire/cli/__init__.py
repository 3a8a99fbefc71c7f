"""The door: the command ``whywire``, one file a command.

``main``      reads the first word, imports that command's file and no other, turns errors into sentences
``explain``   `whywire explain FILE|RUN`
``run``       `whywire run --server ... --client ...`
``lab``       `whywire lab NAME`, ``labs`` lists them
``doctor``    `whywire doctor`: what this machine allows
``show``      the way from a path to the printed story, which explain, run and lab share
``bench``     the way from a plan to the story, which run and lab share
``terminal``  is the output a terminal, how wide, in colour
``values``    what options can hold: times, rates, references

Every file of a command has ``HELP`` (a line), ``EXAMPLE``, ``configure(parser)`` and ``run(arguments)``, which
returns the exit code. Nothing but argparse is imported until a command runs: `whywire --help` has to be instant.
"""
