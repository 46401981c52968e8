"""Products of a tenant are told by their names, and by part number where nobody names them."""

from pathlib import Path

import pytest
from msgspec import structs

from agent.documents.write import write
from collectors.sku_names import SkuNames, read_names
from inventory.model.record import Record
from inventory.model.tenant_licences import SubscribedSku
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company, tenant

HEAD = b"Product_Display_Name,String_Id,GUID\n"


@pytest.mark.parametrize(
    ("part_number", "products", "name"),
    [
        ("SPE_E3", SkuNames(), "Microsoft 365 E3"),
        ("NEW_SUITE", SkuNames(), "NEW_SUITE"),
        ("NEW_SUITE", read_names(HEAD + b"Brand new suite,NEW_SUITE,\n"), "Brand new suite"),
        ("X", read_names(HEAD + b"<b>Bold</b>|suite,X,\n"), "&lt;b&gt;Bold&lt;/b&gt;"),
    ],
)
def test_a_product_is_told_by_its_name(
    part_number: str, products: SkuNames, name: str, tmp_path: Path
) -> None:
    sku = tenant.record(SubscribedSku, part_number=part_number)
    found = MemorySnapshot(company.AUDIT, tenant.readings([*_others(), sku]))
    write(structs.replace(company.told(found), products=products), tmp_path, ("html",))
    section = (tmp_path / "dossier.html").read_text("utf-8").partition("Tenants")[2]
    assert name in section


def _others() -> list[Record]:
    return [one for one in tenant.records() if not isinstance(one, SubscribedSku)]
