"""Which addresses of a network answer on the SSH port (RFC 4253); no login is tried."""

import re
from collections.abc import Iterator

from collectors.spec import Answers, Sweep, Unreadable, collector
from inventory.model.discovery import Candidate

SSH = Sweep("ssh", port=22)
_LINE = re.compile(r"([0-9A-Fa-f:.]{2,45}) ([0-9]{1,5})(?: (.*))?")


@collector("network.candidates", asks=[SSH], tells=[Candidate], source="sweep")
def candidates(swept: Answers) -> Iterator[Candidate | Unreadable]:
    """Yield each address that answers: `10.0.0.7 22 SSH-2.0-OpenSSH_9.2p1`."""
    for answer in swept:
        for number, line in answer.lines():
            match = _LINE.fullmatch(line)
            if match is None or int(match.group(2)) > 65_535:
                yield Unreadable(answer.at(number), "neither address, port nor banner")
                continue
            address, port, banner = match.groups()
            at = answer.at(number)
            yield Candidate(address=address, port=int(port), banner=banner or "", at=at)
