"""The words of a subject: what people call the thing that one collector reads."""


def subject(collector: str) -> str:
    """Return `last logins` of linux.last_logins; "" where no collector is meant."""
    return collector.rpartition(".")[2].replace("_", " ")
