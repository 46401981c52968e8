"""What a question of the audit means to people: the consequence of not knowing its answer."""

from agent.judge.subjects import subject

# In order of weight: what decides who can get in stands before what only describes.
CONSEQUENCES: dict[str, str] = {
    "linux.sudo": "who may become root",
    "linux.keys": "whose SSH keys open which account",
    "linux.key_files": "who may add an SSH key",
    "linux.accounts": "which accounts there are",
    "linux.passwords": "which accounts have a password, and how old it is",
    "linux.groups": "who is in the groups that amount to root",
    "linux.doas": "who may become root by doas",
    "linux.sssd": "whether a directory decides who gets in",
    "linux.domain": "whether a directory decides who gets in",
    "linux.hooks": "which machine decides what runs here",
    "linux.agents": "which agents can steer the host",
    "linux.user_crontabs": "what people's own jobs do",
    "linux.system_crontabs": "what runs at set times",
    "linux.at_jobs": "what is planned to run once",
    "linux.timers": "what runs at set times",
    "linux.listener_owners": "which program answers on each port",
    "linux.nftables": "what the firewall lets in",
    "linux.iptables": "what the firewall lets in",
    "linux.ufw": "what the firewall lets in",
    "linux.ufw_rules": "what the firewall lets in",
    "linux.firewalld": "what the firewall lets in",
    "linux.wireguard": "who has a way in by VPN",
    "linux.wireguard_files": "who has a way in by VPN",
    "linux.openvpn": "who has a way in by VPN",
    "linux.ipsec": "who has a way in by VPN",
    "linux.swanctl": "who has a way in by VPN",
    "linux.vpn_connections": "who has a way in by VPN",
    "linux.vpn_certificates": "whose VPN certificates are valid",
    "linux.tunnels": "whether a tunnel leads in from outside",
    "linux.guarded_backup_jobs": "what is backed up, and where to",
    "linux.backup_jobs": "what is backed up, and where to",
    "linux.backup_clients": "what is backed up, and where to",
    "linux.login_secrets": "where secrets lie in homes",
    "linux.kept_keys": "where private keys lie",
    "linux.private_keys": "where private keys lie",
    "linux.host_secrets": "where secrets of services lie",
    "linux.certificates": "which certificates end when",
    "linux.last_logins": "who used the host, and when",
    "linux.serial": "the serial number",
    "linux.encryption": "whether disks are encrypted, and with whose key",
    "linux.docker": "which containers run",
    "linux.podman": "which containers run",
    "linux.containerd": "which containers run",
    "linux.updates": "which updates are missing",
    "linux.updates_rpm": "which updates are missing",
    "linux.os": "whether the system is still supported",
}
_RANK = {name: at for at, name in enumerate(CONSEQUENCES)}


def consequences(collectors: frozenset[str]) -> tuple[str, ...]:
    """Return what is not known without these answers, each once, the weightiest first."""
    ordered = sorted(collectors, key=lambda name: (_RANK.get(name, len(_RANK)), name))
    said = (CONSEQUENCES.get(name, subject(name) or "everything") for name in ordered)
    return tuple(dict.fromkeys(said))
