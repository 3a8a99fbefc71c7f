"""Hostile input: what whywire may never do, whatever bytes it is given, and the programs that try to make it do it.

    targets/    one small file each: a NAME, `seeds()`, and `one(data)`, which raises when the contract is broken
    pieces      a capture file as its packets, and back
    mutations   seeded changes to captures that keep most of their structure
    holds       what is true of every explanation: references, counts, certainties, texts
    explain     any bytes through the whole river, held against `holds`
    corpus      where seeds and found inputs lie
    run         `./dev fuzz`: a target under atheris (coverage-guided), bounded in time and memory

The targets do not need atheris: tests/hostile replays every input that was ever found with plain Python.
"""
