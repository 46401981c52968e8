"""What is asked of a directory without a login: whether it shows any entry to whoever asks.

The answers are no entries for collectors but one fact of `directory.connection`, and so these asks
stand beside its own. Nothing of an entry is asked for, only whether it is there.
"""

from collectors.spec import LdapSearch

ANY = "(objectClass=*)"
MOST_PARTS = 50  # that are asked for one by one

# The domain or suffix itself, then one entry below it.
SUFFIX = LdapSearch("suffix", ANY, ("1.1",), scope="base", needs="nobody")
BELOW = LdapSearch("below", ANY, ("1.1",), scope="one", needs="nobody", most_entries=1)
# Where these show nothing: each part that the audit's own account sees below the suffix.
PARTS = LdapSearch("parts", ANY, ("1.1",), scope="one", most_entries=MOST_PARTS)
AS_NOBODY = (SUFFIX, BELOW)
