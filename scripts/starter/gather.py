"""Fetch packages by name, once, into a cache."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from starter.sources import DEBIAN, NOT_PERMISSIVE, NPM, PERMISSIVE, PYPI, PYPI_SOURCES

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = 6
_PATIENCE_S = 180
_PYPI_LIMIT, _PYPI_SOURCE_LIMIT, _NPM_LIMIT = 400_000, 600_000, 250_000  # characters of one package
_MORE = {"awscli": 2_500_000, "azure-cli": 800_000, "django": 800_000, "sqlglot": 800_000}  # commands, SQL


@dataclass(frozen=True)
class Package:
    """A package in the cache.

    Attributes:
        origin: "debian", "pypi", "pypi source" or "npm".
        name: Its name there.
        version: Its version.
        licence: As stated by it, or in `sources.DEBIAN`.
        archive: The downloaded file.
        limit: Most characters to take from it.
    """

    origin: str
    name: str
    version: str
    licence: str
    archive: Path
    limit: int

    def unpacked(self) -> Path:
        """The folder of its files, unpacked once."""
        folder = self.archive.with_name(self.archive.name + ".files")
        if not folder.exists():
            part = folder.with_name(folder.name + ".part")
            subprocess.run(["rm", "-rf", part], check=True)
            part.mkdir()
            if self.origin == "debian":
                subprocess.run(["dpkg-deb", "-x", self.archive, part], check=True)
            elif self.archive.suffix == ".whl":
                with zipfile.ZipFile(self.archive) as wheel:
                    wheel.extractall(part)
            else:
                with tarfile.open(self.archive) as archive:
                    archive.extractall(part, filter="data")
            part.rename(folder)
        return folder


def gather(cache: Path) -> list[Package]:
    """All packages of `sources`, from the cache or by their names; what cannot be had or may not be used is named."""
    jobs = [
        *((_debian, name) for name in DEBIAN),
        *((_pypi, name) for name in PYPI),
        *((_pypi_source, name) for name in PYPI_SOURCES),
        *((_npm, name) for name in NPM),
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda job: _tried(*job, cache), jobs)
        return [package for package in found if package is not None]


def _tried(fetch, name: str, cache: Path) -> Package | None:  # noqa: ANN001
    try:
        package = fetch(name, cache)
    except (OSError, subprocess.SubprocessError, LookupError, ValueError) as error:
        print(f"left out, not to be had: {name} ({str(error)[:100]})", file=sys.stderr)
        return None
    if not is_permissive(package.licence):
        print(f"left out, licence {package.licence[:60]!r}: {name}", file=sys.stderr)
        return None
    return package


def is_permissive(licence: str) -> bool:
    """Whether a stated licence asks for no more than to be named."""
    words = licence.lower()
    return any(part in words for part in PERMISSIVE) and not any(part in words for part in NOT_PERMISSIVE)


def _one(folder: Path, pattern: str) -> Path | None:
    return max((path for path in folder.glob(pattern) if path.is_file()), default=None)


def _debian(name: str, cache: Path) -> Package:
    folder = cache / "debian"
    folder.mkdir(parents=True, exist_ok=True)
    archive = _one(folder, f"{name}_*.deb")
    if archive is None:
        subprocess.run(
            ["apt-get", "download", "-qq", name], cwd=folder, check=True, timeout=_PATIENCE_S, capture_output=True
        )
        archive = _one(folder, f"{name}_*.deb")
    if archive is None:
        raise LookupError("no such Debian package")
    licence, limit = DEBIAN[name]
    return Package("debian", name, archive.name.split("_")[1].replace("%3a", ":"), licence, archive, limit)


def _pypi(name: str, cache: Path) -> Package:
    folder = cache / "pypi"
    folder.mkdir(parents=True, exist_ok=True)
    stem = name.replace("-", "_")
    archive = next((path for path in folder.glob("*.whl") if path.name.lower().startswith(stem.lower() + "-")), None)
    if archive is None:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", folder, name]
        subprocess.run(pip, check=True, timeout=_PATIENCE_S, capture_output=True)
        archive = next(path for path in folder.glob("*.whl") if path.name.lower().startswith(stem.lower() + "-"))
    with zipfile.ZipFile(archive) as wheel:
        about = next(entry for entry in wheel.namelist() if entry.endswith(".dist-info/METADATA"))
        version, licence = _described(wheel.read(about))
    return Package("pypi", name, version, licence, archive, _MORE.get(name, _PYPI_LIMIT))


def _pypi_source(name: str, cache: Path) -> Package:
    folder = cache / "pypi-sources" / name
    folder.mkdir(parents=True, exist_ok=True)
    archive = _one(folder, "*.tar.gz")
    if archive is None:
        wanted = {"Accept": "application/vnd.pypi.simple.v1+json"}
        with urlopen(Request(f"{_pypi_index()}{name}/", headers=wanted), timeout=_PATIENCE_S) as answer:  # noqa: S310 - pip's own setting
            files = [each for each in json.load(answer)["files"] if each["filename"].endswith(".tar.gz")]
        newest = max(files, key=lambda each: each["upload-time"])
        archive = _downloaded(newest["url"], folder / newest["filename"])
    with tarfile.open(archive) as files:
        about = min((entry for entry in files if entry.name.endswith("/PKG-INFO")), key=lambda entry: len(entry.name))
        version, licence = _described(files.extractfile(about).read())
    return Package("pypi source", name, version, licence, archive, _PYPI_SOURCE_LIMIT)


def _described(metadata: bytes) -> tuple[str, str]:
    """Version and licence by a package's own metadata."""
    lines = metadata.decode(errors="replace").splitlines()
    fields = [line for line in lines if line.startswith(("License", "Classifier: License"))]
    stated = " ".join(line.partition(":")[2].strip() for line in fields if not line.startswith("License-File"))
    version = next(line.partition(":")[2].strip() for line in lines if line.startswith("Version:"))
    return version, " ".join(stated.split())[:200] or "not stated"


def _pypi_index() -> str:
    """Where pip looks, which may have been set."""
    from pip._internal.models.index import PyPI  # tells it nowhere else

    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], check=False, capture_output=True, text=True
    )
    return (asked.stdout.strip() or PyPI.simple_url).rstrip("/") + "/"


def _downloaded(address: str, path: Path) -> Path:
    part = path.with_suffix(".part")
    with urlopen(address, timeout=_PATIENCE_S) as answer:  # noqa: S310 - named by the registry
        part.write_bytes(answer.read())
    part.rename(path)
    return path


def _npm(name: str, cache: Path) -> Package:
    folder = cache / "npm" / name.replace("/", "+")
    folder.mkdir(parents=True, exist_ok=True)
    about = folder / "package.json"
    if not about.exists():
        with urlopen(f"{_npm_registry()}{name}/latest", timeout=_PATIENCE_S) as answer:  # noqa: S310 - npm's own setting
            about.write_bytes(answer.read())
    described = json.loads(about.read_text())
    archive = folder / "package.tgz"
    if not archive.exists():
        _downloaded(described["dist"]["tarball"], archive)
    return Package("npm", name, described["version"], str(described.get("license")), archive, _NPM_LIMIT)


def _npm_registry() -> str:
    asked = subprocess.run(["npm", "config", "get", "registry"], check=True, capture_output=True, text=True)
    return asked.stdout.strip().rstrip("/") + "/"
