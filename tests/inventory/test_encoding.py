"""A tuple of records that several targets share is encoded once; an equal one for itself."""

from inventory.codec import encode
from inventory.model.account import Account
from inventory.store.encoding import DIFFERENT, Encoding
from tests.inventory.building import account, logged_in


def accounts(*names: str) -> tuple[Account, ...]:
    return tuple(account(name) for name in names)


def test_records_that_last_and_volatile_ones_are_told_apart_in_their_order() -> None:
    records = (account("b"), logged_in("c"), account("a"))
    made = Encoding().of("test", records)
    assert made.lasting == (encode(records[0]), encode(records[2]))
    assert made.fleeting == (encode(records[1]),)


def test_a_shared_tuple_is_encoded_once_and_only_the_latest_are_kept() -> None:
    encoding, shared = Encoding(), accounts("a")
    made = encoding.of("test", shared)
    assert encoding.of("test", shared) is made
    assert encoding.of("other", shared) is not made
    assert encoding.of("test", accounts("a")) is not made  # equal, and another tuple
    for number in range(DIFFERENT):
        encoding.of("test", accounts(str(number)))
    assert encoding.of("test", shared) is not made


def test_what_may_still_change_is_encoded_each_time() -> None:
    encoding, growing = Encoding(), [account("a")]
    assert len(encoding.of("test", growing).lasting) == 1
    growing.append(account("b"))
    assert len(encoding.of("test", growing).lasting) == 2
