"""The labs that come with whywire: a folder each, plain data and scripts, nothing to import.

``lab.toml``   a title line, the hosts with their commands, what can be varied, the wire's settings
``*.py``       the programs, the way a learner writes them
``recorded/``  in v2: a run folder, explained where no lab can run

Adding a lab edits no code: `whywire.lab.catalogue` finds it.
"""
