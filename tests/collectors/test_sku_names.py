"""Names of products: of the user's list, with its dirt, and the few that are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.sku_names import PRODUCTS, SkuNames, read_names
from inventory.errors import ParseError

HEAD = "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,Friendly\n"
E3 = "05e9a617-0261-4cee-bb44-138d3ef5d965"
OTHER = "11111111-2222-4333-8444-abcdefabcdef"


def test_a_list_names_a_product_by_its_id_and_by_its_part_number() -> None:
    found = read_names(f"{HEAD}Example Suite,EX_SUITE,{OTHER},PLAN,x,y\n".encode())
    assert found.name(OTHER.upper()) == "Example Suite"
    assert found.name("", "ex_suite") == "Example Suite"


def test_brackets_blanks_and_no_break_spaces_of_the_list_are_taken_off() -> None:
    dirty = f"\ufeff{HEAD}Example Suite\u00a0, EX_SUITE\u00a0,( {OTHER} ,PLAN,x,y\n"
    found = read_names(dirty.encode())
    assert found.by_id == {OTHER: "Example Suite"}
    assert found.by_part == {"EX_SUITE": "Example Suite"}


def test_of_two_names_of_one_id_the_first_is_taken() -> None:
    found = read_names(f"{HEAD}First,A,{OTHER},p,x,y\nSecond,B,{OTHER},p,x,y\n".encode())
    assert found.name(OTHER) == "First"
    assert found.by_part == {"A": "First", "B": "Second"}


def test_commas_in_quotes_and_a_copy_with_semicolons_are_read() -> None:
    quoted = read_names(f'{HEAD}"Suite, large",L,{OTHER},p,x,y\n'.encode())
    saved = read_names(f"{HEAD}Suite,L,{OTHER},p,x,y\n".replace(",", ";").encode())
    assert quoted.name(OTHER) == "Suite, large"
    assert saved.name(OTHER) == saved.name("", "L") == "Suite"


def test_lines_without_a_name_or_an_id_are_left_out() -> None:
    found = read_names(f"{HEAD},A,{OTHER},p,x,y\nshort\nNamed,,no id,p,x,y\n".encode())
    assert found == SkuNames({}, {})


def test_names_of_a_list_go_before_those_that_are_kept() -> None:
    assert SkuNames().name(E3, "SPE_E3") == "Microsoft 365 E3"
    assert read_names(f"{HEAD}Renamed,SPE_E3,{E3},p,x,y\n".encode()).name(E3) == "Renamed"


def test_a_product_that_nobody_names_keeps_its_part_number_or_its_id() -> None:
    assert SkuNames().name(OTHER, "NEW_ONE") == "NEW_ONE"
    assert SkuNames().name(OTHER) == OTHER


def test_a_file_without_the_columns_is_refused_by_name() -> None:
    for content in (b"", b"a,b,c\n1,2,3\n", HEAD.replace("GUID", "Id").encode()):
        with pytest.raises(ParseError, match="has no column"):
            read_names(content)


def test_names_are_safe_to_print() -> None:
    found = read_names(f"{HEAD}\x1b[31mRed\u202e,R,{OTHER},p,x,y\n".encode())
    assert found.name(OTHER).isprintable()


def test_part_numbers_that_are_kept_are_written_as_tenants_write_them() -> None:
    assert all(part == part.upper() and name for part, name in PRODUCTS.items())


@given(st.one_of(st.binary(), st.text().map(lambda text: (HEAD + text).encode())))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        found = read_names(content)
    except ParseError:
        return
    assert all(len(ident) == 36 for ident in found.by_id)
