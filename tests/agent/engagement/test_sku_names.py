"""The user's list of product names: checked when the file is read, taken when documents are."""

from pathlib import Path

import pytest

from agent.engagement.file import engagement_of
from agent.engagement.model import Engagement
from agent.engagement.sku_names import product_names
from inventory.errors import ConfigError

HEAD = "Product_Display_Name,String_Id,GUID\n"
SKU = "11111111-2222-4333-8444-abcdefabcdef"


def engagement(folder: Path, *lists: str) -> Engagement:
    sources = "".join(
        f"- name: tenant {number}\n  kind: graph\n  tenant: t{number}.example\n"
        f"  app: {SKU}\n  secret: env:SECRET\n  sku_names: {name}\n"
        for number, name in enumerate(lists)
    )
    who = "{name: Anna, role: Owner, date: 2026-01-05, reference: Mail}"
    text = f"client: Muster\nauthorisation: {who}\nsources:\n{sources}"
    return engagement_of(text.encode(), folder)


def test_products_are_called_as_the_list_says_the_first_list_first(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{HEAD}Suite,S,{SKU}\n")
    (tmp_path / "b.csv").write_text(f"{HEAD}Other,S,{SKU}\nMore,M,\n")
    found = product_names(engagement(tmp_path, "a.csv", "b.csv"))
    assert (found.name(SKU), found.name("", "M")) == ("Suite", "More")


@pytest.mark.parametrize(
    ("content", "says"), [(None, "does not exist"), ("a,b\n", "has no column Product_Display")]
)
def test_a_list_that_cannot_be_used_is_told_with_the_line(
    content: str | None, says: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "names.csv").write_text(content)
    with pytest.raises(ConfigError, match=f"handover.yaml:[0-9]+: .*{says}"):
        engagement(tmp_path, "names.csv")


def test_without_a_list_the_names_that_are_kept_are_told() -> None:
    assert product_names(None).name("", "SPE_E3") == "Microsoft 365 E3"
