"""Build the connector's image and run it, with Docker or, where no daemon answers, without.

    python tools/image.py build              build the image (``make image``)
    python tools/image.py build --base NAME  build it upon another base
    python tools/image.py run check ...      run it; see ``run --help``
    python tools/image.py inspect            show its settings, as JSON

Without Docker it takes root and a Debian mirror: debootstrap makes a base that stands in for
Airbyte's, buildah builds and podman runs. What of these is missing is installed with apt-get.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
NAME = "airbyte/source-incontact:dev"
SHORT_NAME = "source-incontact"
"""What people type."""
MOUNTED_AT = "/config"

TOOLS = ("debootstrap", "buildah", "podman", "runc")
# Podman asks for limits that a root without CAP_SYS_RESOURCE may not set, so it is given its own.
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")
PODMAN = ("podman", "--runtime", "runc", "--cgroup-manager", "cgroupfs")

SUITE = "trixie"
PACKAGES = ("python3", "python3-venv", "ca-certificates")
LEFT_OUT = (
    *("boot", "dev", "media", "mnt", "opt", "proc", "srv", "sys", "tmp"),
    *("var/cache", "var/lib/apt/lists", "var/log"),
    *(f"usr/share/{name}" for name in ("doc", "info", "lintian", "locale", "man")),
    "__pycache__",
)
# Not apt's plain http: where the archive's keyring is missing, debootstrap checks no signature.
DEFAULT_MIRROR = "https://deb.debian.org/debian"
PROBE_SECONDS = 10

CERTIFICATES = Path("/etc/ssl/certs")
PIP_SETTINGS = {
    *("index-url", "extra-index-url", "find-links", "no-index"),
    *("cert", "proxy", "timeout", "trusted-host"),
}


@dataclass(frozen=True)
class Engine:
    """What runs containers here.

    Attributes:
        command: Its command, with the options this machine needs.
        image: The connector's image, as the engine calls it.
        run_options: Further options of ``run``.
    """

    command: tuple[str, ...]
    image: str
    run_options: tuple[str, ...] = ()


DOCKER = Engine(("docker",), NAME)
# Podman's own idea of read-only leaves /run and /var/tmp open.
PODMAN_ENGINE = Engine(PODMAN, f"localhost/{NAME}", (*LIMITS, "--read-only-tmpfs=false"))


def engine() -> Engine:
    """Docker if its daemon answers, else podman."""
    if shutil.which("docker"):
        asked = _call(["docker", "version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if asked.returncode == 0:
            return DOCKER
    return PODMAN_ENGINE


def build(base: str | None) -> None:
    """Build the image, upon Airbyte's base, or a stand-in, or the one given."""
    chosen = engine()
    build_with(chosen, base)
    _run([*chosen.command, "tag", chosen.image, SHORT_NAME])


def build_with(chosen: Engine, base: str | None) -> None:
    """Build it with Docker or, if that is not what runs containers here, with buildah."""
    if chosen is DOCKER:
        given = [f"--build-arg=BASE_IMAGE={base}"] if base else []
        _run(["docker", "build", "--tag", NAME, *given, "."])
        return
    print("No Docker daemon answers: building with buildah.", flush=True)
    provide_tools()
    base = base or stand_in()
    with tempfile.TemporaryDirectory() as folder:
        mounts = [f"--volume={mount}:ro" for mount in pip_mounts(Path(folder))]
        _run(
            [
                *("buildah", "build", "--layers", "--tag", chosen.image),
                # Without a daemon or systemd there is no network or cgroup to isolate with.
                *("--isolation", "chroot", "--network", "host"),
                *(*LIMITS, f"--build-arg=BASE_IMAGE={base}", *mounts, "."),
            ]
        )


def provide_tools() -> None:
    """Install what is missing, or say that it cannot be done and exit."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    may_install = os.geteuid() == 0 and shutil.which("apt-get")
    if os.geteuid() != 0 or (missing and not may_install):
        sys.exit(
            "Building the image takes a running Docker daemon, or root and "
            f"{', '.join(TOOLS)} (missing here: {', '.join(missing) or 'root'})."
        )
    if missing:
        print(f"Installing {', '.join(missing)}.", flush=True)
        install = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends"]
        install += ["-o=Dpkg::Use-Pty=0", *missing]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        # Lists that have never been fetched, or are old, make the first attempt fail.
        if _call(install, env=environment).returncode:
            _run(["apt-get", "update", "-qq"])
            _run(install, env=environment)


def stand_in() -> str:
    """The name of a small Debian with Python, made unless it is there already."""
    recipe = repr((SUITE, PACKAGES, LEFT_OUT))
    name = f"localhost/source-incontact-base:{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    if _call([*PODMAN, "image", "exists", name]).returncode:
        # Not in /tmp, which may be too small or allow no programs and devices.
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
            bootstrap(Path(folder) / "root")
            import_base(Path(folder), name)
    return name


def bootstrap(folder: Path) -> None:
    """Make a small Debian in a folder."""
    where = mirror()
    print(f"Making a base image of Debian {SUITE} from {where}.", flush=True)
    include = f"--include={','.join(PACKAGES)}"
    log = folder.with_name("debootstrap.log")
    # In a mount name space of its own, or an interrupted run would leave /proc and /sys mounted
    # in a folder that is about to be removed.
    command = ["unshare", "--mount", "debootstrap", "--variant=minbase", include, SUITE]
    with log.open("w", encoding="utf-8") as output:
        done = _call([*command, str(folder), where], stdout=output, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"debootstrap failed:\n{log.read_text('utf-8')[-3000:]}")


def import_base(folder: Path, name: str) -> None:
    """Make an image of the Debian below a folder."""
    archive = folder / "base.tar"
    # Only what is in these folders is left out: the image needs the folders themselves.
    left_out = [f"--exclude={'' if '__' in path else './'}{path}/*" for path in LEFT_OUT]
    _run(["tar", "-C", str(folder / "root"), *left_out, "-cf", str(archive), "."])
    _run([*PODMAN, "import", "--quiet", str(archive), name])


def mirror() -> str:
    """The first mirror of the machine's own apt sources that has the suite."""
    sources = Path("/etc/apt")
    files = [sources / "sources.list", *sorted((sources / "sources.list.d").glob("*"))]
    texts = [file.read_text("utf-8") for file in files if file.is_file()]
    for address in mirrors(texts):
        release = f"{address}/dists/{SUITE}/Release"
        try:
            with urllib.request.urlopen(release, timeout=PROBE_SECONDS) as answer:  # noqa: S310 - http only
                # Others, Docker's for one, name their suites after Debian's.
                if b"Origin: Debian\n" in answer.read(500):
                    return address
        except OSError:
            continue
    return DEFAULT_MIRROR


def mirrors(sources: Iterable[str]) -> Iterator[str]:
    """The addresses in apt's sources, of either form."""
    for text in sources:
        lines = [line for line in text.splitlines() if re.match(r"\s*(URIs:|deb )", line)]
        for line in lines:
            yield from (found.rstrip("/") for found in re.findall(r"https?://\S+", line))


def pip_mounts(folder: Path) -> Iterator[str]:
    """What pip needs of this machine to reach its index: certificates, settings, local indexes."""
    if CERTIFICATES.is_dir():
        yield f"{CERTIFICATES}:{CERTIFICATES}"
    listed = _call([sys.executable, "-m", "pip", "config", "list"], stdout=subprocess.PIPE)
    if listed.returncode:
        sys.exit(f"{sys.executable} has no pip to ask for its settings.")
    settings = pip_settings(listed.stdout)
    file = folder / "pip.conf"
    lines = (f"{key} = {' '.join(value.split())}\n" for key, value in settings.items())
    file.write_text("[global]\n" + "".join(lines), encoding="utf-8")
    yield f"{file}:/etc/pip.conf"
    for path in sorted(local_paths(settings)):
        if not path.is_relative_to(CERTIFICATES):
            yield f"{path}:{path}"


def pip_settings(listed: str) -> dict[str, str]:
    r"""Of ``pip config list``, what is about reaching an index; the environment has the last word.

    Example:
        >>> pip_settings("global.timeout='9'\n:env:.timeout='180'\nglobal.user='true'\n")
        {'timeout': '180'}
    """
    found = re.findall(r"^(:env:|global|install)\.([\w-]+)=(.+)$", listed, flags=re.MULTILINE)
    found.sort(key=lambda entry: entry[0] == ":env:")
    return {key: str(ast.literal_eval(value)) for _, key, value in found if key in PIP_SETTINGS}


def local_paths(settings: Mapping[str, str]) -> set[Path]:
    """The files and folders of this machine that pip's settings name.

    Example:
        >>> local_paths({"extra-index-url": "https://x.example/simple file:///tmp/simple"})
        {PosixPath('/tmp')}
    """
    paths = set()
    for word in " ".join(settings.values()).split():
        if word.startswith("/"):
            paths.add(Path(word))
        elif word.startswith("file:///"):
            # The links of an index lead to files beside it.
            paths.add(Path(word.removeprefix("file://")).parent)
    return {path for path in paths if path.exists()}


def run(words: list[str], mount: Path | None, entrypoint: str | None) -> int:
    """Run the image with the least it needs: the network, and /tmp to write in."""
    chosen = engine()
    options = ["--rm", "--network", "host", "--read-only", "--tmpfs", "/tmp", *chosen.run_options]  # noqa: S108 - the container's
    if mount is not None:
        options.append(f"--volume={mount.resolve()}:{MOUNTED_AT}:ro")
    if entrypoint is not None:
        options.append(f"--entrypoint={entrypoint}")
    command = [*chosen.command, "run", *options, chosen.image, *words]
    return _call(command).returncode


def inspect() -> int:
    """Print what the engine knows of the image."""
    chosen = engine()
    command = [*chosen.command, "image", "inspect", chosen.image]
    return _call(command).returncode


def _run(command: list[str], **options: Any) -> None:
    """Run a command that has to succeed."""
    done = _call(command, **options)
    if done.returncode:
        sys.exit(f"{command[0]} failed with exit code {done.returncode}.")


def _call(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, text=True, check=False, **options)  # noqa: S603 - our own commands


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description="Build the connector's image and run it.")
    commands = parser.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", help="build the image")
    builder.add_argument("--base", help="base image; Airbyte's or a stand-in unless given")
    runner = commands.add_parser("run", help="run the image, read-only but for /tmp")
    runner.add_argument("--mount", type=Path, help=f"folder to show in the image as {MOUNTED_AT}")
    runner.add_argument("--entrypoint", help="program to run instead of the connector")
    runner.add_argument("words", nargs=argparse.REMAINDER, help="spec, check, discover, read ...")
    commands.add_parser("inspect", help="show the image's settings, as JSON")
    arguments = parser.parse_args()
    if arguments.command == "run":
        return run(arguments.words, arguments.mount, arguments.entrypoint)
    if arguments.command == "inspect":
        return inspect()
    build(arguments.base)
    return 0


if __name__ == "__main__":
    sys.exit(main())
