"""What ./dev can't do in a few lines of shell: make .venv, fetch the tools of the tests, run them.

Called by ./dev only. ``make`` runs in whatever Python was found and needs nothing but the standard library, without
pip and without ensurepip, because Debian's Python has neither until a package adds them. The rest runs inside .venv.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "whywire.stamp"
DEV_STAMP = VENV / "dev.stamp"

SCRIPT = """\
#!{python}
import sys

from whywire.cli.main import main

sys.exit(main())
"""

MANAGERS = {
    "apt-get": ("install", "-y", "--no-install-recommends"),
    "dnf": ("install", "-y"),
    "zypper": ("--non-interactive", "install"),
    "pacman": ("-S", "--noconfirm"),
    "apk": ("add",),
}
"""The package managers that are known, and what installs without a question."""

PEERS = {
    "tshark": "tshark dnf:wireshark-cli zypper:wireshark pacman:wireshark-cli",
    "curl": "curl",
    "nginx": "nginx",
    "redis-server": "redis-server dnf:redis zypper:redis pacman:redis apk:redis",
    "chromium": "chromium",
    "tcpdump": "tcpdump",
}
"""The programs that the tests compare with or talk to, each with its package, and the other name some managers have."""

WITHOUT_STARTING = """\
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\\nexit 101\\n' >$policy && chmod 755 $policy
fi
apt-get update -q
apt-get "$@"
"""
"""Debian starts the servers it installs, unless this file forbids it (invoke-rc.d(8)); the tests start their own."""


def fail(what: str, hint: str = "") -> None:
    """End with a sentence, and what to try."""
    raise SystemExit(f"{what}\n  {hint}" if hint else what)


def venv_package() -> str:
    """Return the name of the Debian package that holds venv and ensurepip of this Python."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def make(stamp: str) -> None:
    """Make .venv: a link to this Python, the path to src/, the command. Packages that are there stay."""
    try:
        import compileall
        import venv
    except ImportError as error:
        fail(f"The Python at {sys.executable} has no {error.name}.",
             f"On Debian or Ubuntu: sudo apt-get install {venv_package()}, then call ./dev again.")
    try:
        usable = PYTHON.exists() and STAMP.exists() and STAMP.read_text().startswith(f"{ROOT} ")
        venv.EnvBuilder(clear=not usable, symlinks=True, with_pip=False).create(VENV)
        version = subprocess.run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                                 check=True, capture_output=True, text=True)
        Path(version.stdout.strip(), "whywire.pth").write_text(f"{ROOT / 'src'}\n")
        command = VENV / "bin" / "whywire"
        command.write_text(SCRIPT.format(python=PYTHON))
        command.chmod(0o755)
        # Compiled now, because where PYTHONDONTWRITEBYTECODE is set nobody else would do it
        subprocess.run([PYTHON, "-m", compileall.__name__, "-qq", "-x", "/labs/", ROOT / "src"], check=False)
        STAMP.write_text(stamp)
    except OSError as error:
        fail(f"The environment {VENV} can't be made: {error.strerror}: {error.filename}.",
             "Call ./dev from a copy of this folder that you may write to.")


def quiet_sudo() -> list[str] | None:
    """Return the words that make a command run as root without a question: none as root; None: not possible."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install_system(packages_of: dict[str, list[str]], why: str) -> bool:
    """Install packages by the system's manager where that needs no question; else say what to install."""
    sudo = quiet_sudo()
    manager = next((name for name in MANAGERS if name in packages_of and shutil.which(name)), None)
    if manager is None:
        print(f"{why} Please install it; this system's package manager is not one that ./dev knows.")
        return False
    words = [*MANAGERS[manager], *packages_of[manager]]
    packages = " ".join(packages_of[manager])
    if sudo is None:
        print(f"{why} Please install it: sudo {manager} {MANAGERS[manager][0]} {packages}")
        return False
    print(f"{why} Installing it: {' '.join([*sudo, manager, *words])}", flush=True)
    command = ["sh", "-c", WITHOUT_STARTING, "sh", *words] if manager == "apt-get" else [manager, *words]
    done = subprocess.run([*sudo, *command], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        print(f"{manager} ended with code {done.returncode}; missing: {packages}.")
    return done.returncode == 0


def package(names: str, manager: str) -> str:
    """Return what ``manager`` calls a package of `PEERS`."""
    first, *others = names.split()
    return next((name.split(":")[1] for name in others if name.startswith(f"{manager}:")), first)


def install_peers() -> None:
    """See to it that the peers are there; without one its comparisons are left out (in CI: they fail)."""
    missing = [name for name in PEERS if shutil.which(name) is None]
    if missing:
        install_system({manager: [package(PEERS[name], manager) for name in missing] for manager in MANAGERS},
                       f"The tests compare with programs of which some are missing: {', '.join(missing)}.")


def dev_requirements() -> list[str]:
    """Return what the dev extra of pyproject.toml asks for, that of whywire's own extras in place of their names."""
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    found: list[str] = []
    for wanted in extras["dev"]:
        own = wanted.startswith("whywire[")
        found += extras[wanted.removeprefix("whywire[").removesuffix("]")] if own else [wanted]
    return found


def install_dev() -> None:
    """Fetch pytest and its company into .venv, unless they are there as pyproject.toml asks for them."""
    wanted = "\n".join([sys.version, *dev_requirements()])
    if DEV_STAMP.exists() and DEV_STAMP.read_text() == wanted:
        return
    if importlib.util.find_spec("pip") is None:
        if importlib.util.find_spec("ensurepip") is None:
            install_system({"apt-get": [venv_package()]}, "The tests need pip, and this Python has no ensurepip.")
            importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is None:
            fail("The tools of the tests can't be installed without pip.",
                 f"On Debian or Ubuntu: sudo apt-get install {venv_package()}, then call ./dev test again.")
        subprocess.run([PYTHON, "-m", "ensurepip"], check=False, stdout=subprocess.DEVNULL)
    print("Installing the tools of the tests into .venv", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--root-user-action=ignore"]
    if subprocess.run([*pip, *dev_requirements()], check=False).returncode != 0:
        fail("pip could not install the tools of the tests; what it said stands above.",
             "Is the network there? Then call ./dev test again.")
    DEV_STAMP.write_text(wanted)


def fuzz(arguments: list[str]) -> int:
    """Run the fuzz targets; atheris is fetched only for this."""
    install_dev()
    if importlib.util.find_spec("atheris") is None and "--list" not in arguments:
        import tomllib

        extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["fuzz"]
        pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--root-user-action=ignore"]
        if subprocess.run([*pip, *extra], check=False).returncode != 0:
            fail("pip could not install atheris; what it said stands above.",
                 "It needs Linux, the network, and a Python that atheris has a wheel for.")
    return subprocess.call([PYTHON, "-m", "tools.fuzz.run", *arguments], cwd=ROOT)


def test(arguments: list[str]) -> int:
    """Run all tests. Those of the lab run once more as an ordinary user when root calls (tests/as_user)."""
    install_dev()
    install_peers()
    return subprocess.call([PYTHON, "-m", "pytest", "-rs", *arguments], cwd=ROOT)


def check() -> int:
    """Run lint, types and the architecture test; all of them, also when the first fails."""
    install_dev()
    commands = (["ruff", "check", "."], ["mypy"], ["pytest", "tests/test_architecture.py"])
    codes = []
    for command in commands:
        print(f"./dev check: {' '.join(command)}", flush=True)
        codes.append(subprocess.call([PYTHON, "-m", *command], cwd=ROOT))
    return max(codes)


def compile_kernel() -> int:
    """Compile the pass over captures in src/. Cython is fetched for it; a C compiler must be there."""
    install_dev()
    if shutil.which("cc") is None and shutil.which("gcc") is None:
        install_system({"apt-get": ["gcc", "libc6-dev", "python3-dev"]}, "Compiling needs a C compiler.")
    return subprocess.call([PYTHON, "-m", "tools.kernel.build"], cwd=ROOT)


def docs() -> int:
    """Write the generated documents anew."""
    return subprocess.call([PYTHON, "-m", "tools.reference"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def main(arguments: list[str]) -> int:
    """Do what ./dev asks for."""
    if arguments[0] == "make":
        make(arguments[1])
        return 0
    if arguments[0] == "test":
        return test(arguments[1:])
    if arguments[0] == "fuzz":
        return fuzz(arguments[1:])
    return {"check": check, "docs": docs, "compile": compile_kernel}[arguments[0]]()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
