"""Who answers on a port of a network: one TCP connection an address, a limited number a second."""

import asyncio
import contextlib
from collections.abc import Sequence
from ipaddress import ip_network

from collectors.clean import clean
from collectors.runner import ask_name
from collectors.spec import Answer, Collector, Outcome, Sweep
from inventory.errors import ConfigError

MOST_ADDRESSES = 65_536
RATE = 100  # connections begun a second
AT_ONCE = 128
WAIT_S = 3.0
MOST_BANNER = 255  # bytes (RFC 4253, section 4.2)


def sweep(collectors: Sequence[Collector], network: str) -> dict[str, Outcome]:
    """Return the outcome of each sweep that the collectors ask of a network (CIDR)."""
    found: dict[str, Outcome] = {}
    for collector in collectors:
        for ask in collector.asks:
            if isinstance(ask, Sweep):
                name = ask_name(collector, ask)
                lines = asyncio.run(_swept(addresses(network), ask.port))
                found[name] = ((Answer(name, "\n".join(lines)),), ())
    return found


def addresses(network: str) -> list[str]:
    """Return the host addresses of a network. Raises ConfigError when there are too many."""
    net = ip_network(network, strict=False)
    if net.num_addresses > MOST_ADDRESSES:
        raise ConfigError(f"{network} has more than {MOST_ADDRESSES} addresses: name smaller ones")
    return [str(address) for address in net.hosts()]


async def _swept(targets: Sequence[str], port: int) -> list[str]:
    """Return a line for each address that answers, in the order of the addresses."""
    free = asyncio.Semaphore(AT_ONCE)
    tasks = []
    for target in targets:
        await free.acquire()
        task = asyncio.create_task(_answer(target, port))
        task.add_done_callback(lambda _: free.release())
        tasks.append(task)
        await asyncio.sleep(1 / RATE)
    return [line for line in await asyncio.gather(*tasks) if line]


async def _answer(address: str, port: int) -> str:
    """Return `address port banner`; "" when nobody answers."""
    try:
        opened = asyncio.open_connection(address, port)
        reader, writer = await asyncio.wait_for(opened, WAIT_S)
    except (TimeoutError, OSError):
        return ""
    raw = bytearray()
    with contextlib.suppress(TimeoutError, OSError):
        await asyncio.wait_for(_first_line(reader, raw), WAIT_S)
    writer.transport.abort()  # one that never stops talking is not waited for
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    banner = clean(bytes(raw[:MOST_BANNER].partition(b"\n")[0].strip()))
    return f"{address} {port} {banner}".strip()


async def _first_line(reader: asyncio.StreamReader, into: bytearray) -> None:
    """Read a line, or as much of it as a banner may have."""
    while b"\n" not in into and len(into) < MOST_BANNER:
        part = await reader.read(MOST_BANNER)
        if not part:
            return
        into += part
