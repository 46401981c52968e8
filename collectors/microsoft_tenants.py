"""The tenants in which Microsoft registers its own applications, in every cloud.

Sources: learn.microsoft.com, "Verify first-party Microsoft applications in sign-in reports" (the
first two); issuers of tokens of Microsoft's services in the national clouds, as the Bot Framework's
authentication constants and "Defender for Cloud: connect AWS" name them (the others).
"""

MICROSOFT = frozenset(
    (
        "f8cdef31-a31e-4b4a-93e4-5f571e91255a",  # Microsoft Services
        "72f988bf-86f1-41af-91ab-2d7cd011db47",  # Microsoft
        "33e01921-4d64-4f8c-a055-5bdaffd5e33d",  # services of Azure
        "cab8a31a-1906-4287-a0d8-4eef66b95f6e",  # US government
        "a55a4d5b-9241-49b1-b4ff-befa8db00269",  # China
    )
)
