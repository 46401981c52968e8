"""Which database servers a host is set up to run.

Sources: postgresql.conf (https://www.postgresql.org/docs/current/runtime-config.html),
my.cnf (https://mariadb.com/kb/en/configuring-mariadb-with-option-files/), mongod.conf, redis.conf,
oratab, mssql.conf, slapd's directory.
"""

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from collectors.parse import optional_integer
from collectors.settings import keeping, settings
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector, is_whole
from inventory.model.software import Database


class Place(Struct, frozen=True):
    """Where a product's configuration lies, and what it calls the port and the directory."""

    product: str
    path: re.Pattern[str]  # groups, where there are: version, instance
    port: str
    directory: str
    default: int


PLACES = (
    Place(
        "PostgreSQL",
        re.compile(r"/etc/postgresql/(?P<version>[^/]+)/(?P<instance>[^/]+)/postgresql\.conf"),
        "port",
        "data_directory",
        5432,
    ),
    Place(
        "PostgreSQL",
        re.compile(r"/var/lib/pgsql/(?:(?P<version>[\d.]+)/)?(?P<instance>[^/]+)/postgresql\.conf"),
        "port",
        "data_directory",
        5432,
    ),
    Place("MySQL", re.compile(r"/etc/(?:mysql/|my\.cnf).*"), "port", "datadir", 3306),
    Place("MongoDB", re.compile(r"/etc/mongod?b?\.conf"), "port", "dbpath", 27017),
    Place("Redis", re.compile(r"/etc/(?:redis|valkey)(?:/.*|\.conf)"), "port", "dir", 6379),
    Place(
        "SQL Server", re.compile(r"/var/opt/mssql/mssql\.conf"), "tcpport", "defaultdatadir", 1433
    ),
)
_KEYS = ("port", "data_directory", "datadir", "dbpath", "dir", "tcpport", "defaultdatadir")
OPEN = SshFiles(
    "open",
    (
        "/etc/postgresql/*/*/postgresql.conf",
        "/etc/my.cnf",
        "/etc/my.cnf.d/*server*.cnf",
        "/etc/mysql/my.cnf",
        "/etc/mysql/mysql.conf.d/*.cnf",
        "/etc/mysql/mariadb.conf.d/*server*.cnf",
        "/etc/mongod.conf",
        "/etc/mongodb.conf",
    ),
    filter=keeping(*_KEYS, sections=True),
)
ORATAB = SshFiles("oratab", ("/etc/oratab", "/var/opt/oracle/oratab"))
GUARDED = SshFiles(
    "guarded",
    (
        "/etc/redis/*.conf",
        "/etc/redis.conf",
        "/etc/valkey/*.conf",
        "/var/lib/pgsql/data/postgresql.conf",
        "/var/lib/pgsql/*/data/postgresql.conf",
        "/var/opt/mssql/mssql.conf",
    ),
    needs="root",
    filter=keeping(*_KEYS, sections=True),
)

_SERVER_SECTIONS = re.compile(r"|(?:mysqld|mariadb|server|galera|network)[\w.-]*")


@collector("linux.databases", asks=[OPEN, ORATAB], tells=[Database])
def databases(files: Answers, oratab: Answers) -> Iterator[Database | Unreadable]:
    """Yield the servers whose configuration anyone may read; files of one MySQL are one server."""
    seen: dict[str, Database] = {}
    for answer in files:
        for found in _database(answer, is_all=is_whole(files, (answer.path,))):
            name = (
                found.product if found.product == "MySQL" else f"{found.product} {found.instance}"
            )
            before = seen.get(name)
            seen[name] = _merged(before, found) if before else found
    for found in seen.values():
        is_all = found.product != "MySQL" or is_whole(files, ("/etc/my*",))
        yield found if is_all else structs.replace(found, port=None, directory=None)
    for answer in oratab:
        yield from _oracle(answer)


@collector("linux.guarded_databases", asks=[GUARDED], tells=[Database])
def guarded_databases(guarded: Answers) -> Iterator[Database]:
    """Yield the servers whose configuration only root and the server itself may read."""
    for answer in guarded:
        yield from _database(answer, is_all=is_whole(guarded, (answer.path,)))


def _database(answer: Answer, *, is_all: bool) -> Iterator[Database]:
    """Yield the server of a configuration file; the port is the product's own where none is set.

    In a file that broke off, a later line may set it.
    """
    for place in PLACES:
        match = place.path.fullmatch(answer.path)
        if not match:
            continue
        groups = match.groupdict()
        said = {s.key: s for s in settings(answer) if _SERVER_SECTIONS.fullmatch(s.section.lower())}
        # Only a file of the server says so by being there; my.cnf is also the clients'.
        if place.product == "MySQL" and not said and "server" not in answer.path:
            return
        port = optional_integer(said[place.port].value) if place.port in said else None
        yield Database(
            at=answer.at(),
            product=place.product,
            instance=groups.get("instance") or answer.path,
            version=groups.get("version"),
            port=(place.default if is_all else None) if port is None else port,
            directory=said[place.directory].value if place.directory in said else None,
        )
        return


def _merged(first: Database, second: Database) -> Database:
    """Return one server of two files: what the later one sets holds."""
    default = next(place.default for place in PLACES if place.product == first.product)
    return Database(
        at=first.at,
        product=first.product,
        instance=first.instance,
        version=first.version,
        port=second.port if second.port != default else first.port,
        directory=second.directory or first.directory,
    )


def _oracle(answer: Answer) -> Iterator[Database | Unreadable]:
    """Yield the instances of lines `ORCL:/u01/app/oracle/product/19c/dbhome_1:Y`."""
    for number, line in answer.lines():
        if line.lstrip().startswith("#"):
            continue
        fields = line.strip().split(":")
        if len(fields) < 2 or not fields[0]:
            yield Unreadable(answer.at(number), "not an instance of oratab", answer.path)
        elif fields[0] != "*":
            yield Database(
                at=answer.at(number),
                product="Oracle",
                instance=fields[0],
                directory=fields[1] or None,
            )
