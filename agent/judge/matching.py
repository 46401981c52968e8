"""Whose is it: identifiers of all record kinds against the profiles of the parties.

Exact is proved, text is proposed. Domains match at label boundaries. Every match names the entry
of the profile that made it. All look-ups are by index, so that their number does not matter.
"""

from collections.abc import Iterable, Iterator

from agent.judge import marks
from agent.judge.case import Certainty, Match
from inventory.model.party import Party, Role
from inventory.model.record import Identifier, Mark

LEAST_NAME = 3  # characters of an account or name that a free text may mention
TELLING = (  # first words of marks, the most telling first
    *("key", "mail", "instance", "tenant", "domain", "server", "network", "below", "person"),
    "account",
)
WIDEST = {4: 8, 6: 24}  # prefix length below which a network is "everybody", nobody's in particular

Found = tuple[Match, ...]


class Matcher:
    """The profiles of all parties, indexed."""

    def __init__(self, parties: Iterable[Party]) -> None:
        """Index every entry of every profile."""
        self._exact: dict[tuple[Mark, str], list[Match]] = {}
        self._domains: dict[str, list[Match]] = {}
        self._servers: dict[str, list[Match]] = {}
        self._suffixes: dict[str, list[Match]] = {}
        self._networks: dict[tuple[int, int], dict[int, list[tuple[marks.Network, Match]]]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], Match]]] = {}
        self._known: dict[Identifier, Found] = {}
        for party in parties:
            self._enter(party)

    def matches(self, identifiers: Iterable[Identifier]) -> Found:
        """Return the strongest match for each party, proved ones first."""
        best: dict[tuple[Role, str], Match] = {}
        for identifier in identifiers:
            for match in self._of(identifier):
                old = best.get((match.role, match.party))
                if old is None or rank(match) < rank(old):
                    best[match.role, match.party] = match
        return tuple(sorted(best.values(), key=rank))

    def _enter(self, party: Party) -> None:
        for person in party.people:
            self._put(Mark.PERSON, marks.person(person.name), _proposed(party, person.name))
            self._phrase(person.name, party, f"person {person.name}")
            for text in person.mails:
                self._put(Mark.MAIL, marks.mail(text) or text, _proved(party, "mail", text))
        for name in (*party.accounts, *(a for p in party.people for a in p.accounts)):
            self._put(Mark.ACCOUNT, name, _proved(party, "account", name))
        for key in (*party.ssh_keys, *(k for p in party.people for k in p.keys)):
            self._put(Mark.FINGERPRINT, key, _proved(party, "key fingerprint", key))
        for tenant in party.tenant_ids:
            self._put(Mark.TENANT, tenant.casefold(), _proved(party, "tenant", tenant))
        for instance in party.agent_instances:
            self._put(Mark.INSTANCE, instance.casefold(), _proved(party, "instance", instance))
        self._phrase(party.name, party, f"name {party.name}")
        self._enter_places(party)

    def _enter_places(self, party: Party) -> None:
        for domain in party.mail_domains:
            name = marks.ascii_name(domain.casefold().strip(".@"))
            self._domains.setdefault(name, []).append(_proved(party, "mail domain", name))
        for server in party.servers:
            name = marks.ascii_name(server.casefold().strip("."))
            index = self._suffixes if server.startswith(".") else self._servers
            index.setdefault(name, []).append(_proved(party, "server", server.casefold()))
        for text in party.networks:
            if net := _own_network(text):
                index_of = self._networks.setdefault((net.version, net.prefixlen), {})
                match = _proved(party, "network", str(net))
                index_of.setdefault(int(net.network_address), []).append((net, match))

    def _put(self, mark: Mark, value: str, match: Match) -> None:
        self._exact.setdefault((mark, value), []).append(match)

    def _phrase(self, name: str, party: Party, rule: str) -> None:
        said = tuple(marks.parts(marks.person(name)))
        if said and len(name) >= LEAST_NAME:
            match = Match(party.name, party.role, f"mentions {rule}", Certainty.PROPOSED)
            self._phrases.setdefault(said[0], []).append((said, match))

    def _of(self, identifier: Identifier) -> Found:
        if identifier not in self._known:
            self._known[identifier] = tuple(self._found(identifier.mark, identifier.value))
        return self._known[identifier]

    def _found(self, mark: Mark, value: str) -> Iterator[Match]:
        match mark:
            case Mark.MAIL:
                yield from self._mail(value)
            case Mark.SERVER | Mark.ADDRESS:
                yield from self._place(value)
            case Mark.DOMAIN:
                yield from self._domain(value)
            case Mark.ACCOUNT:
                yield from self._account(value)
            case Mark.PERSON:
                yield from self._exact.get((mark, marks.person(value)), ())
            case Mark.TENANT | Mark.INSTANCE:
                yield from self._exact.get((Mark.TENANT, value.casefold()), ())
                yield from self._exact.get((Mark.INSTANCE, value.casefold()), ())
            case Mark.TEXT:
                yield from map(_mention, self._text(value))
            case Mark.FINGERPRINT:
                yield from self._exact.get((mark, value), ())

    def _mail(self, value: str) -> Iterator[Match]:
        if address := marks.mail(value):
            yield from self._exact.get((Mark.MAIL, address), ())
            for domain in marks.suffixes(address.rpartition("@")[2]):
                yield from self._domains.get(domain, ())

    def _domain(self, value: str) -> Iterator[Match]:
        """Yield whose a domain is: a mail domain, one below it, or what a server's suffix names."""
        name = marks.ascii_name(value.casefold().strip("."))
        for suffix in marks.suffixes(name):
            yield from self._domains.get(suffix, ())
            yield from self._suffixes.get(suffix, ())

    def _account(self, value: str) -> Iterator[Match]:
        """Yield by name, with or without a domain before it; alice@oldmsp.example by its domain."""
        yield from self._exact.get((Mark.ACCOUNT, value), ())
        if "\\" in value:
            yield from self._exact.get((Mark.ACCOUNT, value.rpartition("\\")[2]), ())
        if "@" in value:
            yield from self._mail(value)
            at_home = self._exact.get((Mark.ACCOUNT, value.rpartition("@")[0]), ())
            yield from map(weakened, at_home)  # svc@client.example: a login of some directory

    def _place(self, value: str) -> Iterator[Match]:
        if value.startswith("!"):
            return
        if net := marks.network(value):
            yield from self._network(net)
            return
        for name in marks.hosts(value):
            if net := marks.network(name):
                yield from self._network(net)
            else:
                yield from self._server(name)

    def _server(self, name: str) -> Iterator[Match]:
        yield from self._servers.get(name, ())
        for suffix in marks.suffixes(name):
            yield from self._suffixes.get(suffix, ())
            for match in self._domains.get(suffix, ()):
                yield Match(match.party, match.role, f"below {match.mark}", Certainty.PROPOSED)

    def _network(self, net: marks.Network) -> Iterator[Match]:
        """Yield networks that contain it: proved; those that it opens among others: proposed."""
        for (version, prefix), entries in self._networks.items():
            if version != net.version:
                continue
            if prefix <= net.prefixlen:
                shift = net.max_prefixlen - prefix
                start = int(net.network_address) >> shift << shift
                yield from (match for _, match in entries.get(start, ()))
            elif net.prefixlen >= WIDEST[version]:
                for found in entries.values():
                    yield from (_mention(m) for inner, m in found if _contains(net, inner))

    def _text(self, value: str) -> Iterator[Match]:
        for fingerprint in marks.fingerprints(value):
            yield from self._exact.get((Mark.FINGERPRINT, fingerprint), ())
        for word in marks.words(value):
            yield from self._word(word)
        for part in marks.parts(value):
            yield from self._named(part)
        folded = marks.parts(marks.person(value))
        for at, word in enumerate(folded):
            for phrase, match in self._phrases.get(word, ()):
                if tuple(folded[at : at + len(phrase)]) == phrase:
                    yield match

    def _word(self, word: str) -> Iterator[Match]:
        name, at, domain = word.rpartition("@")
        if at:
            yield from self._mail(word)
            yield from self._server(domain.casefold())
        elif "." in word:
            yield from self._place(word)
        for account in (name, word):
            yield from self._named(account)

    def _named(self, account: str) -> Iterator[Match]:
        if len(account) >= LEAST_NAME:
            yield from self._exact.get((Mark.ACCOUNT, account), ())


def rank(match: Match) -> tuple[bool, str, int, str]:
    """Return what orders matches: proved first, then by party, then by how telling the mark is."""
    said = match.mark.removeprefix("mentions ").replace("mail domain", "domain")
    kind = said.partition(" ")[0]
    telling = TELLING.index(kind) if kind in TELLING else len(TELLING)
    return (match.certainty is Certainty.PROPOSED, match.party, telling, match.mark)


def is_empty(party: Party) -> bool:
    """Tell whether a profile has no entry by which anything could be proved to be the party's."""
    networks = tuple(filter(None, map(_own_network, party.networks)))
    marked = (party.mail_domains, party.tenant_ids, networks, party.ssh_keys)
    placed = (party.accounts, party.agent_instances, party.servers)
    known = (p for p in party.people if p.mails or p.accounts or p.keys)
    return not any((*marked, *placed)) and not any(known)


def of_role(found: Iterable[Match], role: Role) -> Match | None:
    """Return the strongest match of a role."""
    return next((match for match in found if match.role is role), None)


def weakened(match: Match) -> Match:
    """Return the match as a proposal."""
    return Match(match.party, match.role, match.mark, Certainty.PROPOSED)


def _own_network(text: str) -> marks.Network | None:
    """Return a network that can be a party's own; one that is nearly everything is nobody's."""
    net = marks.network(text)
    return net if net and net.prefixlen >= WIDEST[net.version] else None


def _mention(match: Match) -> Match:
    if match.mark.startswith("mentions "):
        return match
    return Match(match.party, match.role, f"mentions {match.mark}", Certainty.PROPOSED)


def _proved(party: Party, mark: str, value: str) -> Match:
    return Match(party.name, party.role, f"{mark} {value}", Certainty.PROVED)


def _proposed(party: Party, name: str) -> Match:
    return Match(party.name, party.role, f"person {name}", Certainty.PROPOSED)


def _contains(outer: marks.Network, inner: marks.Network) -> bool:
    last = int(inner.broadcast_address)
    return int(outer.network_address) <= int(inner.network_address) and last <= int(
        outer.broadcast_address
    )
