"""Signatures of backup agents that a server elsewhere controls; jobs are told by linux.backup_*."""

from collectors.signatures.signature import Signature

_BACULA_SETTINGS = "the director that may command it is told by linux.backup_clients"

BACKUPS = (
    Signature(
        product="Bacula",
        type="backup",
        units=("bacula-fd",),
        processes=("bacula-fd",),
        paths=("/usr/sbin/bacula-fd",),
        source=f"Debian package bacula-fd; {_BACULA_SETTINGS}",
    ),
    Signature(
        product="Bareos",
        type="backup",
        units=("bareos-fd", "bareos-filedaemon"),
        processes=("bareos-fd",),
        paths=("/usr/sbin/bareos-fd",),
        source=f"Debian package bareos-filedaemon; {_BACULA_SETTINGS}",
    ),
    Signature(
        product="Veeam agent",
        type="backup",
        units=("veeamservice", "veeamdeployment", "veeamtransport"),
        processes=("veeamservice", "veeamdeployment"),
        paths=("/opt/veeam", "/etc/veeam"),
    ),
    Signature(
        product="Acronis",
        type="backup",
        units=("acronis_mms", "aakore", "acronis_.*"),
        processes=("mms", "aakore", "acp-update-cont"),
        paths=("/usr/lib/Acronis", "/opt/acronis"),
    ),
    Signature(
        product="UrBackup",
        type="backup",
        units=("urbackupclientbackend",),
        processes=("urbackupclientb",),
        paths=("/usr/local/sbin/urbackupclientbackend",),
        files=("/etc/default/urbackupclient",),
        server=("internet_server",),
    ),
    Signature(
        product="Datto Linux agent",
        type="backup",
        units=("dlad",),
        processes=("dlad",),
        paths=("/opt/datto/dlad", "/usr/local/datto/dlad"),
    ),
    Signature(
        product="Commvault",
        type="backup",
        units=("commvault.*",),
        processes=("cvd", "cvlaunchd"),
        paths=("/opt/commvault", "/etc/CommVaultRegistry"),
    ),
    Signature(
        product="NetBackup",
        type="backup",
        units=("netbackup",),
        processes=("bpcd", "vnetd"),
        paths=("/usr/openv",),
        files=("/usr/openv/netbackup/bp.conf",),
        server=("server",),
    ),
    Signature(
        product="Spectrum Protect",
        type="backup",
        units=("dsmcad",),
        processes=("dsmcad",),
        paths=("/opt/tivoli/tsm/client/ba",),
        files=("/opt/tivoli/tsm/client/ba/bin/dsm.sys",),
        server=("tcpserveraddress",),
        instance=("nodename",),
        source="https://www.ibm.com/docs/en/storage-protect, dsm.sys",
    ),
    Signature(
        product="Cove",
        type="backup",
        units=("ProcessController", "backup-manager"),
        processes=("BackupFP",),
        paths=("/opt/MXB",),
    ),
    Signature(
        product="MSP360",
        type="backup",
        units=("online-backup.*",),
        paths=("/opt/local/CloudBerry Backup", "/opt/local/Online Backup"),
    ),
    Signature(
        product="Duplicati",
        type="backup",
        units=("duplicati(-agent)?",),
        processes=("duplicati", "duplicati-agent", "duplicati-serve"),
        paths=("/usr/lib/duplicati",),
    ),
    Signature(
        product="Proxmox backup client",
        type="backup",
        paths=("/usr/bin/proxmox-backup-client",),
    ),
)
