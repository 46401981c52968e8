"""What the lab's domain is called."""

DOMAIN = "corp.example"
REALM = "CORP.EXAMPLE"
NETBIOS = "CORP"
BASE = "DC=corp,DC=example"
CONFIGURATION = f"CN=Configuration,{BASE}"
DC_NAME = f"dc1.{DOMAIN}"
DOMAIN_SID = "S-1-5-21-1414213562-1732050807-2236067977"
