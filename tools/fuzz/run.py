"""`./dev fuzz [TARGET ...] [--seconds N] [--list]`: the targets under atheris, one process each, one after the other.

What breaks the contract is made small and written to tests/hostile/found/TARGET/, where a test replays it for good;
the fuzzer's own corpus lies in .fuzz/TARGET/ and a later run goes on from it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from tools.fuzz import targets
from tools.fuzz.corpus import FOUND, ROOT

WORK = ROOT / ".fuzz"
LONGEST = 20_000


def main(words: list[str]) -> int:
    """Run the targets that are asked for; exit code 1 when something was found."""
    parser = argparse.ArgumentParser(prog="./dev fuzz", description="Try to break whywire with hostile input.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="which (default: all, one after the other)")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="how long for each target (default: 60)")
    parser.add_argument("--list", action="store_true", help="list the targets")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    unknown = [name for name in asked.targets if name not in targets.names()]
    if unknown:
        parser.error(f"there is no target {', '.join(unknown)}; there are {', '.join(targets.names())}")
    if asked.list:
        for name in targets.names():
            print(f"{name:12} {(targets.load(name).__doc__ or '').splitlines()[0]}")
        return 0
    if asked.inside:
        return fuzz(asked.targets[0], asked.seconds)
    return max([outside(name, asked.seconds) for name in asked.targets or targets.names()])


def outside(name: str, seconds: int) -> int:
    """Run a target in a process of its own: libFuzzer ends its process. Say in a line what came of it."""
    folder = WORK / name
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    command = [sys.executable, "-m", "tools.fuzz.run", "--inside", name, "--seconds", str(seconds)]
    began = time.monotonic()
    with log.open("w") as file:
        code = subprocess.call(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT)
    text = log.read_text(errors="replace")
    runs = re.findall(r"stat::number_of_executed_units: *(\d+)|^#(\d+)\t", text, re.MULTILINE)
    count = max((int(one or other) for one, other in runs), default=0)
    found = re.findall(r"^FOUND .*\n.*", text, re.MULTILINE)
    print(f"{name}: {count:,} inputs in {time.monotonic() - began:.0f} s, {len(found)} found", flush=True)
    for one in found:
        print(f"  {one}", flush=True)
    if code not in (0, 1) or count == 0:
        print(f"  it ended with code {code}; the end of {log.relative_to(ROOT)}:\n" + text[-1500:], flush=True)
    return int(bool(found) or code != 0)


def fuzz(name: str, seconds: int) -> int:
    """Run a target here until its time is over. Does not return: libFuzzer ends the process."""
    import atheris

    sys.setrecursionlimit(1000)
    with atheris.instrument_imports(include=["whywire"]):
        target = targets.load(name)
    from tools.fuzz.collect import Collector

    folder = WORK / name
    for number, seed in enumerate(target.seeds()):
        (folder / "corpus" / f"seed-{number:03}").write_bytes(seed[:LONGEST])
    arguments = [f"fuzz-{name}", f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=120",
                 "-rss_limit_mb=3000", "-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={folder}/",
                 str(folder / "corpus")]
    change = getattr(target, "mutate", None)
    own = {} if change is None else {"custom_mutator": _mutator(change, atheris)}
    atheris.Setup(arguments, Collector(target.one, FOUND / name), **own)
    atheris.Fuzz()
    return 0


def _mutator(change: object, atheris: object) -> object:
    """Use the target's own changes mostly, libFuzzer's now and then."""
    def custom(data: bytes, max_size: int, seed: int) -> bytes:
        if seed % 5 == 0 or not data:
            return bytes(atheris.Mutate(data, max_size))  # type: ignore[attr-defined]
        return change(bytes(data), seed)[:max_size]  # type: ignore[operator]
    return custom


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
    sys.exit(main(sys.argv[1:]))
