"""Which backups a host is configured for: where they go, and where the secret to them lies.

Sources: borgmatic's configuration reference, restic's environment variables, rsnapshot(1),
duply(1), bacula-fd.conf, pgbackrest's and barman's configuration, btrbk.conf(5),
sanoid, burp(8), vzdump(1).
No passphrase leaves the host: filters let only places pass.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatch

from msgspec import Struct

from collectors.parse import strip_credentials
from collectors.settings import Setting, keeping, listed, settings
from collectors.spec import Answer, Answers, SshFiles, collector
from inventory.model.evidence import Pointer
from inventory.model.operation import BackupJob


class Plan(Struct, frozen=True):
    """How a product's configuration says where backups go and where the secret lies."""

    product: str
    paths: tuple[str, ...]
    destination: str  # expression over the settings' names
    place: str = ""  # the setting whose value is the place of the secret, never the secret


OPEN_PLANS = (
    Plan("rsnapshot", ("/etc/rsnapshot.conf", "/etc/rsnapshot/*.conf"), "snapshot_root"),
    Plan("btrbk", ("/etc/btrbk.conf", "/etc/btrbk/*.conf"), "target"),
    Plan("barman", ("/etc/barman.conf", "/etc/barman.d/*.conf"), "barman_home|backup_directory"),
    Plan(
        "autopostgresqlbackup",
        ("/etc/default/autopostgresqlbackup", "/etc/autodbbackup.d/*"),
        "backupdir",
    ),
    Plan("automysqlbackup", ("/etc/default/automysqlbackup",), "backupdir"),
    Plan("Proxmox VE", ("/etc/pve/jobs.cfg",), "storage"),
)
_RESTIC = ("/etc/restic/*", "/etc/restic.env", "/etc/default/restic*", "/etc/sysconfig/restic*")
_SCRIPTS = (
    "/etc/cron.hourly/*",
    "/etc/cron.daily/*",
    "/etc/cron.weekly/*",
    "/usr/local/bin/*backup*",
    "/usr/local/sbin/*backup*",
    "/root/*backup*",
    "/root/bin/*backup*",
    "/etc/systemd/system/*restic*",
    "/etc/systemd/system/*borg*",
    "/etc/systemd/system/*backup*",
)
_RESTIC_SECRETS = "restic_password_file|restic_password_command|inline_restic"
_BORG_SECRETS = "borg_passcommand|borg_key_file|inline_borg"
GUARDED_PLANS = (
    Plan(
        "borgmatic",
        (
            "/etc/borgmatic/config.yaml",
            "/etc/borgmatic.d/*.yaml",
            "/etc/borgmatic/*.yaml",
            "/root/.config/borgmatic/config.yaml",
            "/root/.config/borgmatic.d/*.yaml",
        ),
        "path|repositories",
        "encryption_passcommand|inline_borg",
    ),
    Plan("restic", (*_RESTIC, *_SCRIPTS), "restic_repository(_file)?", _RESTIC_SECRETS),
    Plan("borg", ("/etc/borg/*", "/etc/default/borg*", *_SCRIPTS), "borg_repo", _BORG_SECRETS),
    Plan(
        "resticprofile",
        ("/etc/resticprofile/profiles.*", "/root/.config/resticprofile/profiles.*"),
        "repository(-file)?",
        "password-file|password-command",
    ),
    Plan("autorestic", ("/root/.autorestic.yml", "/root/.config/autorestic.yml"), "path"),
    Plan("duply", ("/etc/duply/*/conf", "/root/.duply/*/conf"), "target"),
    Plan(
        "pgBackRest",
        (
            "/etc/pgbackrest.conf",
            "/etc/pgbackrest/pgbackrest.conf",
            "/etc/pgbackrest/conf.d/*.conf",
        ),
        r"repo\d+-(path|host|s3-bucket|s3-endpoint|azure-container|gcs-bucket)",
    ),
    Plan("burp", ("/etc/burp/burp.conf",), "server"),
    Plan("backupninja", ("/etc/backup.d/*",), "host|desturl|directory"),
    Plan("borg (seen before)", ("{home}/.cache/borg/*/config",), "previous_location"),
)


def _filter(plans: tuple[Plan, ...]) -> str:
    """Return the filter; an inline passphrase leaves as a mark that there is one."""
    keys = [re.sub(r"\\d\+", "[0-9]+", plan.destination) for plan in plans]
    secrets = [plan.place for plan in plans if plan.place]
    marks = (
        r"sed -E -e 's/^ *Environment=\"?//'"
        r" -e 's/^ *(export +)?RESTIC_PASSWORD *=.*/inline_restic=yes/'"
        r" -e 's/^ *(export +)?BORG_PASSPHRASE *=.*/inline_borg=yes/'"
        r" -e 's/^[[:space:]]*encryption_passphrase[[:space:]]*:.*/inline_borg: yes/' | "
    )
    return marks + keeping(*keys, *secrets)


OPEN = SshFiles(
    "open", tuple(path for plan in OPEN_PLANS for path in plan.paths), filter=_filter(OPEN_PLANS)
)
SANOID = SshFiles("sanoid", ("/etc/sanoid/sanoid.conf",), filter="sed '/^[[:space:]]*\\[/!s/.*//'")
GUARDED = SshFiles(
    "guarded",
    tuple(dict.fromkeys(path for plan in GUARDED_PLANS for path in plan.paths)),
    needs="root",
    filter=_filter(GUARDED_PLANS),
)
# `Director { Name = backup-dir; Password = "..." }`: names and addresses, a block a director, with
# its braces where the author likes them.
_BLOCKS = (
    r"sed -E -e 's/[Pp]ass[Ww]ord *= *(\"[^\"]*\"|[^ ;}]+)//g' -e 's/\{/ { /g' -e 's/[;}]/ & /g'"
)
BLOCKS = ("director", "filedaemon", "client", "messages")
DIRECTORS = SshFiles(
    "directors",
    (
        "/etc/bacula/bacula-fd.conf",
        "/opt/bacula/etc/bacula-fd.conf",
        "/etc/bareos/bareos-fd.conf",
        "/etc/bareos/bareos-fd.d/director/*.conf",
    ),
    needs="root",
    filter=_BLOCKS + " | " + keeping(*BLOCKS, "name", "address"),
)

_INSIDE = re.compile(r"\b(?:name|address)\s*=\s*(?:\"([^\"]*)\"|([^\s;}\"]+))", re.IGNORECASE)


@collector("linux.backup_jobs", asks=[OPEN, SANOID], tells=[BackupJob])
def backup_jobs(files: Answers, sanoid: Answers) -> Iterator[BackupJob]:
    """Yield the backups whose configuration anyone may read."""
    for answer in files:
        yield from _jobs(answer, OPEN_PLANS)
    for answer in sanoid:
        names = [text.strip().strip("[]") for _, text in answer.lines()]
        if any(not name.startswith("template_") for name in names):
            yield BackupJob(at=answer.at(), product="sanoid", place=answer.path)


@collector("linux.guarded_backup_jobs", asks=[GUARDED], tells=[BackupJob])
def guarded_backup_jobs(guarded: Answers) -> Iterator[BackupJob]:
    """Yield the backups whose configuration only root may read, with the place of their secret."""
    for answer in guarded:
        yield from _jobs(answer, GUARDED_PLANS)


@collector("linux.backup_clients", asks=[DIRECTORS], tells=[BackupJob])
def backup_clients(directors: Answers) -> Iterator[BackupJob]:
    """Yield the directors of Bacula and Bareos that may back this host up, and restore to it."""
    for answer in directors:
        product = "Bareos" if "bareos" in answer.path else "Bacula"
        for at, name in _directors(answer):
            yield BackupJob(at=at, product=product, place=answer.path, destination=name)


def _directors(answer: Answer) -> Iterator[tuple[Pointer, str]]:
    """Yield names and addresses within `Director { }`, on lines of their own or on one."""
    block = ""
    for setting in settings(answer):
        if setting.key in BLOCKS and not setting.value.startswith("="):
            block = setting.key
        if block == "director" and setting.key in ("name", "address") and setting.value:
            yield setting.at, setting.value
        elif setting.key == block == "director":
            for quoted, bare in _INSIDE.findall(setting.value):
                yield setting.at, quoted or bare


def _jobs(answer: Answer, plans: tuple[Plan, ...]) -> Iterator[BackupJob]:
    """Yield a job for each destination that a file names."""
    said = list(settings(answer))
    for plan in plans:
        if any(fnmatch(answer.path, path.replace("{home}", "*")) for path in plan.paths):
            secret = next((_place(s) for s in said if re.fullmatch(plan.place, s.key)), None)
            for setting in said:
                if re.fullmatch(plan.destination, setting.key):
                    yield from _job(answer, plan, setting, secret)


def _job(answer: Answer, plan: Plan, setting: Setting, secret: str | None) -> Iterator[BackupJob]:
    for word in listed(setting.value)[-1:]:
        yield BackupJob(
            at=setting.at,
            product=plan.product,
            place=answer.path,
            destination=strip_credentials(word),
            secret_from=secret,
        )


def _place(setting: Setting) -> str:
    """Return where the secret lies: the value of a setting that names a file or a command."""
    return "written in this file" if setting.key.startswith("inline_") else setting.value
