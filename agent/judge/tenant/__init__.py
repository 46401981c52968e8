"""The tenant as judgement sees it: principals, groups and roles, partners, licences, policies."""
