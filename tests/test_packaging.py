"""Packaging: the wheel is whole, runs away from the tree, and is the same bytes each time."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGES = ("inventory", "collectors", "agent", "templates")
PIP = (sys.executable, "-m", "pip")
OFFLINE = ("-q", "--no-deps", "--no-index")
EPOCH = "1767225600"  # 2026-01-01 UTC; wheels cannot hold a date before 1980


def built(tree: Path, into: Path) -> Path:
    """The wheel of a tree, built with the build backend that is installed here."""
    run(
        [*PIP, "wheel", *OFFLINE, "--no-build-isolation", "-w", str(into), str(tree)],
        env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH},
    )
    [wheel] = into.glob("*.whl")
    return wheel


def run(command: list[str], **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stderr}"
    return done.stdout


def packaged_files(tree: Path) -> set[str]:
    return {
        path.relative_to(tree).as_posix()
        for package in PACKAGES
        for path in (tree / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build needs, copied, so that a change during the tests is not seen by half of them."""
    return copied(ROOT, tmp_path_factory.mktemp("tree"))


def copied(source: Path, target: Path) -> Path:
    for name in ("pyproject.toml", "LICENSE", ".gitignore"):
        shutil.copyfile(source / name, target / name)
    for package in PACKAGES:
        shutil.copytree(
            source / package,
            target / package,
            ignore=shutil.ignore_patterns("__pycache__"),
            copy_function=shutil.copyfile,
        )
    return target


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tree, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel, and this one's libraries but not its working tree."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home)
    python = home / "bin" / "python"
    run([*PIP, "--python", str(python), "install", *OFFLINE, str(wheel)])
    purelib = run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    libraries = sysconfig.get_path("purelib")  # on a path line, .pth files inside are not read
    (Path(purelib.strip()) / "libraries.pth").write_text(libraries + "\n")
    return home


def test_the_wheel_holds_every_file_of_the_four_packages(tree: Path, wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == packaged_files(tree)


def test_the_wheel_holds_the_templates(wheel: Path) -> None:
    assert [
        name
        for name in ZipFile(wheel).namelist()
        if name.startswith("templates/") and not name.endswith(".py")
    ]


def test_the_wheel_holds_the_licence(wheel: Path) -> None:
    assert [name for name in ZipFile(wheel).namelist() if name.endswith("licenses/LICENSE")]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_installed_packages_come_from_the_wheel(
    package: str, environment: Path, tmp_path: Path
) -> None:
    python = str(environment / "bin" / "python")
    found = run([python, "-c", f"import {package}; print({package}.__file__)"], cwd=tmp_path)
    assert Path(found.strip()).is_relative_to(environment)


def test_the_installed_command_shows_its_help_from_anywhere(
    environment: Path, tmp_path: Path
) -> None:
    shown = run([str(environment / "bin" / "handover"), "--help"], cwd=tmp_path)
    assert "Usage: handover" in shown


def test_two_builds_in_different_places_are_the_same_bytes(
    tree: Path, wheel: Path, tmp_path: Path
) -> None:
    (tmp_path / "tree").mkdir()
    again = built(copied(tree, tmp_path / "tree"), tmp_path / "wheel")
    assert again.name == wheel.name
    assert (
        hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()
    )


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ["build"]), ("requirements-test.lock", ["build", "test"])],
)
def test_a_lock_file_pins_what_is_asked_for(lock: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = list(project["dependencies"])
    for extra in extras:
        asked += project["optional-dependencies"][extra]
    pinned = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE))
    for requirement in map(Requirement, asked):
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), requirement


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_file_names_no_index(lock: str) -> None:
    assert not re.search(r"://|--index|--extra-index|--find-links", (ROOT / lock).read_text())
