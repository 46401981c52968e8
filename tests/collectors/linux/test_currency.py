"""What cases cannot show of currency: the order of kernel releases."""

import pytest

from collectors.linux.currency import reboot
from collectors.spec import Answer
from inventory.model.host import Reboot

ORDERED = [
    ["6.1.0-9-amd64", "6.1.0-10-amd64", "6.1.0-22-amd64", "6.12.1-1-amd64"],
    ["5.14.0-427.el9.x86_64", "5.14.0-427.5.1.el9.x86_64", "5.14.0-427.18.1.el9_4.x86_64"],
    ["5.14.21-150500.55.59-default", "5.14.21-150500.55.62-default"],
    ["6.6.30-0-lts", "6.6.31-0-lts"],
    ["6.9.3-arch1-1", "6.9.3-arch1-2", "6.9.4-arch1-1"],
]


def newer(running: str, installed: str) -> list[Reboot]:
    """Return the restarts that are pending."""
    text = f"{running}\n/lib/modules/{installed}/modules.dep\n"
    return list(reboot((), (Answer("x/kernels", text),)))


@pytest.mark.parametrize("releases", ORDERED, ids=lambda one: one[0])
def test_only_a_newer_kernel_asks_for_a_restart(releases: list[str]) -> None:
    for running, earlier in enumerate(releases):
        for installed, later in enumerate(releases):
            assert bool(newer(earlier, later)) is (installed > running), (earlier, later)


def test_a_kernel_of_another_flavour_does_not() -> None:
    assert not newer("6.8.0-41-generic", "6.8.0-99-lowlatency")
