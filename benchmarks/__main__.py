"""`python -m benchmarks [NAME..]`: side-by-side measurements that anyone can run; `make bench`."""

import sys

from benchmarks import directory, dossier, fleet, start, store

BENCHMARKS = {
    "fleet": fleet.main,
    "store": store.main,
    "directory": directory.main,
    "dossier": dossier.main,
    "start": start.main,
}


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all."""
    for name in names or BENCHMARKS:
        if name not in BENCHMARKS:
            sys.exit(f"no benchmark {name!r}: known are {', '.join(BENCHMARKS)}")
        print(f"\n## {name}\n", flush=True)
        BENCHMARKS[name]()


main(sys.argv[1:])
