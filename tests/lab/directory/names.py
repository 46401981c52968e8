"""What the lab's domain is called."""

DOMAIN = "corp.example"
REALM = "CORP.EXAMPLE"
NETBIOS = "CORP"
BASE = "DC=corp,DC=example"
CONFIGURATION = f"CN=Configuration,{BASE}"
DC_NAME = f"dc1.{DOMAIN}"
DOMAIN_SID = "S-1-5-21-1414213562-1732050807-2236067977"
FIRST_ADDRESS = "127.77.0.10"  # where the domain is made; a copy lives at an address of its own
