"""Where secrets for logging in lie on a host, whose and how old: never what they are."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from collectors.openssh import public_key
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector, is_whole
from inventory.model.access import LoginSecret
from inventory.model.moment import Moment

# Place and kind of what programs keep in a home; names without a wildcard, so that a home that may
# not be listed hides only itself.
_IN_HOMES = {
    ".pgpass": "PostgreSQL password",
    ".my.cnf": "MySQL password",
    ".mylogin.cnf": "MySQL password",
    ".netrc": "netrc password",
    ".git-credentials": "Git credentials",
    ".config/git/credentials": "Git credentials",
    ".config/gh/hosts.yml": "GitHub token",
    ".config/glab-cli/config.yml": "GitLab token",
    ".npmrc": "package registry token",
    ".pypirc": "package registry token",
    ".aws/credentials": "cloud credentials",
    ".azure/msal_token_cache.json": "cloud credentials",
    ".azure/accessTokens.json": "cloud credentials",
    ".config/gcloud/credentials.db": "cloud credentials",
    ".config/gcloud/application_default_credentials.json": "cloud credentials",
    ".oci/config": "cloud credentials",
    ".boto": "cloud credentials",
    ".s3cfg": "cloud credentials",
    ".config/hcloud/cli.toml": "cloud credentials",
    ".config/doctl/config.yaml": "cloud credentials",
    ".terraform.d/credentials.tfrc.json": "Terraform token",
    ".vault-token": "Vault token",
    ".vault_pass": "Ansible vault password",
    ".vault_pass.txt": "Ansible vault password",
    ".docker/config.json": "registry credentials",
    ".config/containers/auth.json": "registry credentials",
    ".kube/config": "Kubernetes credentials",
    ".config/rclone/rclone.conf": "rclone remotes",
    ".rclone.conf": "rclone remotes",
    ".restic-password": "backup password",
    ".config/restic/password": "backup password",
    ".config/borg/passphrase": "backup password",
    ".borg-passphrase": "backup password",
    ".smbcredentials": "SMB password",
    ".davfs2/secrets": "WebDAV password",
    ".msmtprc": "mail password",
    ".vnc/passwd": "VNC password",
}
_OF_THE_HOST = {
    "/etc/krb5.keytab": "Kerberos keytab",
    "/etc/*.keytab": "Kerberos keytab",
    "/var/lib/samba/private/secrets.tdb": "machine account password",
    "/etc/ssl/private/*": "private TLS key",
    "/etc/pki/tls/private/*": "private TLS key",
    "/etc/letsencrypt/archive/*/privkey*.pem": "private TLS key",
    "/etc/nginx/ssl/*.key": "private TLS key",
    "/etc/wireguard/*.conf": "WireGuard key",
    "/etc/openvpn/*.key": "OpenVPN key",
    "/etc/openvpn/*/*.key": "OpenVPN key",
    "/etc/ipsec.secrets": "IPsec secret",
    "/etc/swanctl/private/*": "IPsec secret",
    "/etc/ppp/chap-secrets": "PPP password",
    "/etc/ppp/pap-secrets": "PPP password",
    "/etc/smbcredentials": "SMB password",
    "/etc/*.smbcredentials": "SMB password",
    "/etc/samba/*cred*": "SMB password",
    "/etc/cifs*cred*": "SMB password",
    "/etc/davfs2/secrets": "WebDAV password",
    "/etc/mysql/debian.cnf": "MySQL password",
    "/etc/postfix/sasl_passwd": "mail password",
    "/etc/exim4/passwd.client": "mail password",
    "/etc/msmtprc": "mail password",
    "/etc/rclone/rclone.conf": "rclone remotes",
    "/etc/restic/*pass*": "backup password",
    "/etc/borg/*pass*": "backup password",
    "/etc/borgmatic/*pass*": "backup password",
    "/etc/kubernetes/admin.conf": "Kubernetes credentials",
    "/etc/rancher/k3s/k3s.yaml": "Kubernetes credentials",
    "/etc/ansible/*vault*pass*": "Ansible vault password",
    "/etc/munge/munge.key": "MUNGE key",
}
_BORG = {"{home}/.config/borg/keys/*": "Borg repository key"}
_GPG = {"{home}/.gnupg/private-keys-v1.d/*.key": "GnuPG key"}

HOMES = SshFiles("homes", tuple(f"{{home}}/{place}" for place in _IN_HOMES), content=False)
KEPT_KEYS = SshFiles("kept", (*_BORG, *_GPG), content=False)
HOST = SshFiles("host", tuple(_OF_THE_HOST), needs="root", content=False)
# One word of a private key ("plain", "encrypted", "private": cannot be told), and a public key.
# The OpenSSH form names its cipher first: b3Blbn...EbG5vbmU is "openssh-key-v1", cipher "none".
PRIVATE = SshFiles(
    "private",
    ("{home}/.ssh/*",),
    meta=True,
    most_files=2000,
    filter=r"""awk 'NR == 1 && /^(ssh|ecdsa|sk)-[a-z0-9@.-]+ AAAA/ { print $1, $2; exit } """
    r"""NR == 1 && /^-----BEGIN ENCRYPTED PRIVATE KEY/ { print "encrypted"; exit } """
    r"""NR == 1 && /^-----BEGIN OPENSSH PRIVATE KEY/ { form = 1; next } """
    r"""NR == 1 && /^-----BEGIN [A-Z ]*PRIVATE KEY/ { form = 2; next } """
    r"""NR == 1 && /^PuTTY-User-Key-File/ { form = 3; next } """
    r"""NR == 1 || form == 0 { exit } """
    r"""form == 1 && /^b3BlbnNzaC1rZXktdjEAAAAABG5vbmU/ { print "plain"; exit } """
    r"""form == 1 && /^b3BlbnNzaC1rZXktdjEA/ { print "encrypted"; exit } """
    r"""form == 2 && /^Proc-Type: 4,ENCRYPTED/ { print "encrypted"; exit } """
    r"""form == 2 { print "plain"; exit } """
    r"""form == 3 && /^Encryption: none/ { print "plain"; exit } """
    r"""form == 3 && /^Encryption: / { print "encrypted"; exit } """
    r"""form == 3 { next } { print "private"; exit }'""",
)

_WORDS = {"plain": False, "encrypted": True, "private": None}
_ENDING = re.compile(r"\.(?:pem|key|ppk)$")


@collector("linux.login_secrets", asks=[HOMES], tells=[LoginSecret])
def login_secrets(homes: Answers) -> Iterator[LoginSecret | Unreadable]:
    """Yield the files in homes by which people and programs log in elsewhere."""
    for answer in homes:
        kind = next(
            (_IN_HOMES[place] for place in _IN_HOMES if answer.path.endswith(f"/{place}")), ""
        )
        yield _secret(answer, kind or "secret")


@collector("linux.kept_keys", asks=[KEPT_KEYS], tells=[LoginSecret])
def kept_keys(kept: Answers) -> Iterator[LoginSecret | Unreadable]:
    """Yield the GnuPG and Borg keys in homes."""
    for answer in kept:
        is_borg = "/.config/borg/" in answer.path
        yield _secret(answer, "Borg repository key" if is_borg else "GnuPG key")


@collector("linux.host_secrets", asks=[HOST], tells=[LoginSecret])
def host_secrets(host: Answers) -> Iterator[LoginSecret | Unreadable]:
    """Yield the files outside of homes by which the host proves who it is, or logs in elsewhere."""
    for answer in host:
        kinds = (kind for place, kind in _OF_THE_HOST.items() if fnmatchcase(answer.path, place))
        yield _secret(answer, next(kinds, "secret"))


@collector("linux.private_keys", asks=[PRIVATE], tells=[LoginSecret])
def private_keys(private: Answers) -> Iterator[LoginSecret | Unreadable]:
    """Yield the private SSH keys in homes, with the fingerprint of a public half beside them."""
    public = {answer.path: key for answer in private if (key := public_key(answer.text))}
    for answer in private:
        word = answer.text.strip()
        if word in _WORDS:
            beside = (f"{answer.path}.pub", f"{_ENDING.sub('', answer.path)}.pub")
            found = [public[path].fingerprint for path in beside if path in public]
            yield _secret(answer, "private SSH key", is_encrypted=_WORDS[word], fingerprints=found)
            if not (found or is_whole(private, beside)):
                yield Unreadable(answer.at(), "its public half could not be read", answer.path)
        elif word and answer.path not in public:
            yield Unreadable(answer.at(), "neither a private nor a public key", answer.path)


def _secret(
    answer: Answer,
    kind: str,
    *,
    is_encrypted: bool | None = None,
    fingerprints: Sequence[str] = (),
) -> LoginSecret | Unreadable:
    """Return the place and the age."""
    if answer.meta is None:
        return Unreadable(answer.at(), "owner and mode are missing", answer.path)
    return LoginSecret(
        at=answer.at(),
        path=answer.path,
        type=kind,
        owner=answer.meta.owner,
        mode=answer.meta.mode,
        size_bytes=answer.meta.size_bytes,
        changed=Moment.exact(answer.meta.changed_s),
        is_encrypted=is_encrypted,
        fingerprint=next(iter(fingerprints), None),
    )
