"""What products are called that a tenant names by a part number or an id only.

Source: Microsoft's public list "Product names and service plan identifiers for licensing"
(learn.microsoft.com/entra/identity/users/licensing-service-plan-reference). A few names are kept
here; of all others the part number is told, or what the user's own copy of the list (CSV) says.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from msgspec import Struct

from collectors.clean import clean_text
from inventory.errors import ParseError

MOST_ROWS = 100_000
MOST_NAME = 256  # characters
_COLUMNS = ("Product_Display_Name", "String_Id", "GUID")

PRODUCTS: Mapping[str, str] = {  # by part number
    "AAD_PREMIUM": "Microsoft Entra ID P1",
    "AAD_PREMIUM_P2": "Microsoft Entra ID P2",
    "ATP_ENTERPRISE": "Microsoft Defender for Office 365 (Plan 1)",
    "DESKLESSPACK": "Office 365 F3",
    "EMS": "Enterprise Mobility + Security E3",
    "EMSPREMIUM": "Enterprise Mobility + Security E5",
    "ENTERPRISEPACK": "Office 365 E3",
    "ENTERPRISEPREMIUM": "Office 365 E5",
    "EXCHANGEENTERPRISE": "Exchange Online (Plan 2)",
    "EXCHANGESTANDARD": "Exchange Online (Plan 1)",
    "FLOW_FREE": "Microsoft Power Automate Free",
    "MCOMEETADV": "Microsoft 365 Audio Conferencing",
    "O365_BUSINESS": "Microsoft 365 Apps for business",
    "O365_BUSINESS_ESSENTIALS": "Microsoft 365 Business Basic",
    "O365_BUSINESS_PREMIUM": "Microsoft 365 Business Standard",
    "OFFICESUBSCRIPTION": "Microsoft 365 Apps for enterprise",
    "POWER_BI_PRO": "Power BI Pro",
    "RIGHTSMANAGEMENT": "Azure Information Protection Plan 1",
    "SHAREPOINTSTANDARD": "SharePoint Online (Plan 1)",
    "SPB": "Microsoft 365 Business Premium",
    "SPE_E3": "Microsoft 365 E3",
    "SPE_E5": "Microsoft 365 E5",
    "SPE_F1": "Microsoft 365 F3",
    "STANDARDPACK": "Office 365 E1",
}


class SkuNames(Struct, frozen=True):
    """The names of products: those of a list first, then the few that are kept here."""

    by_id: Mapping[str, str] = {}  # skuId, in small letters
    by_part: Mapping[str, str] = {}  # part number, in capitals

    def name(self, sku: str, part_number: str = "") -> str:
        """Return what a product is called; its part number, else its id, where nobody says."""
        part = part_number.upper()
        listed = self.by_id.get(sku.casefold()) or self.by_part.get(part)
        return listed or PRODUCTS.get(part) or part_number or sku


def read_names(content: bytes) -> SkuNames:
    """Return the names in a copy of the list (CSV, UTF-8); what has no name or id is left out.

    The list is dirty: ids with brackets or blanks around them, part numbers that end in
    no-break spaces, one id with two names (the first is taken), a line for each service plan.
    A copy that a spreadsheet saved with semicolons is read as well. Raises ParseError when it
    lacks the columns.
    """
    text = content.decode("utf-8-sig", errors="replace").replace("\x00", "")
    by_id: dict[str, str] = {}
    by_part: dict[str, str] = {}
    try:
        for name, part, ident in _lines(text):
            if ident:
                by_id.setdefault(ident, name)
            if part:
                by_part.setdefault(part, name)
    except csv.Error as err:
        raise ParseError(f"the list of product names is no CSV: {err}") from err
    return SkuNames(by_id, by_part)


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    lines = text.splitlines(keepends=True)
    heading = lines[0] if lines else ""
    found = csv.reader(lines, delimiter=";" if heading.count(";") > heading.count(",") else ",")
    names = [one.strip() for one in next(found, [])]
    if missing := [one for one in _COLUMNS if one not in names]:
        raise ParseError(f"the list of product names has no column {missing[0]}")
    places = [names.index(one) for one in _COLUMNS]
    for row in islice(found, MOST_ROWS):
        if len(row) > max(places) and (name := _clean(row[places[0]])):
            yield name, _clean(row[places[1]]).upper(), _guid(row[places[2]])


def _clean(text: str) -> str:
    return clean_text(text.strip())[:MOST_NAME]  # strip: no-break spaces too


def _guid(text: str) -> str:
    """Return the id in its usual form; empty: there is none in the text."""
    digits = re.sub(r"[^0-9a-f]", "", text.casefold())
    if len(digits) != 32:
        return ""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
