"""What the audit's app needs in a tenant, as lines to be handed to the tenant's administrator."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

import msgspec

from agent.audit.graph_permission_ids import GRAPH
from agent.audit.graph_permissions import APP_NAME, Permission, TenantPermissions, manifest

WIDTH = 96


def permissions_text(found: Sequence[TenantPermissions]) -> str:
    """Return what each tenant's app needs, how it is made, granted and taken back."""
    return "\n\n".join("\n".join(_tenant(one)) for one in found) + "\n"


def manifest_text(found: Sequence[TenantPermissions]) -> str:
    """Return the manifests as JSON: one object, or one for each tenant."""
    made = [manifest(one) for one in found]
    return msgspec.json.format(
        msgspec.json.encode(made[0] if len(made) == 1 else made), indent=2
    ).decode()


def _tenant(one: TenantPermissions) -> Iterator[str]:
    name = f" {one.tenant} [{one.source}]" if one.source else ""
    yield f"PERMISSIONS IN THE TENANT{name}"
    if not one.source:
        yield from _text("handover.yaml names no tenant: this is what any would be asked.")
    yield ""
    kind = "delegated permissions" if one.as_person else "application permissions"
    yield from _text(
        f"{len(one.permissions)} {kind} of Microsoft Graph, all of them only to read. None is"
        " needed for the rest: what is not granted is told as a gap, never as none."
    )
    for profile in one.profiles:
        yield ""
        yield f"  {profile.profile.upper()}"
        for permission in profile.permissions:
            yield from _permission(permission)
    yield from _limits(one)
    yield ""
    yield from _make(one)


def _permission(one: Permission) -> Iterator[str]:
    marks = [f"the tenant needs {' or '.join(one.licences)}"] if one.licences else []
    marks += ["only for what watches people"] * one.only_personal
    marks += ["only for what is beta"] * one.only_beta
    said = f" ({'; '.join(marks)})" if marks else ""
    yield f"    {one.name}{said}"
    yield from wrap(
        "; ".join(one.unlocks), WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8
    )


def _limits(one: TenantPermissions) -> Iterator[str]:
    if not one.as_person and one.only_person:
        yield ""
        yield from _text(f"Only a person may ask, so it stays a gap: {', '.join(one.only_person)}.")
    if one.as_person and one.only_app:
        yield ""
        yield from _text(f"Only an app may ask, so it stays a gap: {', '.join(one.only_app)}.")
    if not one.personal:
        yield ""
        yield from _text(
            "What watches people (sign-ins of other tenants, factors by name, rules of inboxes,"
            " recent changes) is not asked, and its permissions are left out. `personal: true` in"
            " handover.yaml asks for it."
        )


def _make(one: TenantPermissions) -> Iterator[str]:
    """Yield the commands (Microsoft Graph PowerShell), which look the ids up by name."""
    names = ",".join(f'"{permission.name}"' for permission in one.permissions)
    yield "  make the app and grant it, as a Global Administrator (Microsoft Graph PowerShell):"
    lines = _of_person(names) if one.as_person else _of_app(names)
    yield from (f"    {line}" for line in lines)
    yield "  take all of it back, when the handover is over:"
    yield "    Remove-MgApplication -ApplicationId $app.Id"
    yield "    # and see that its entry under Enterprise applications is gone as well"
    missing = [permission.name for permission in one.permissions if not permission.id]
    yield ""
    yield from _text(
        "`--manifest` prints the same for the app's manifest (requiredResourceAccess)."
        + (
            f" {len(missing)} permissions are not in it, because their ids are not known here: add"
            f" them by name under API permissions: {', '.join(missing)}."
            if missing
            else ""
        )
    )


def _of_app(names: str) -> Iterator[str]:
    yield 'Connect-MgGraph -Scopes "Application.ReadWrite.All","AppRoleAssignment.ReadWrite.All"'
    yield f"$graph = Get-MgServicePrincipal -Filter \"appId eq '{GRAPH}'\""
    yield f"$names = {names}"
    yield "$roles = $graph.AppRoles | Where-Object { $names -contains $_.Value }"
    yield "$names | Where-Object { $roles.Value -notcontains $_ }   # prints nothing: all are there"
    yield f'$app = New-MgApplication -DisplayName "{APP_NAME}" -SignInAudience AzureADMyOrg'
    yield "$sp = New-MgServicePrincipal -AppId $app.AppId"
    yield (
        "$roles | ForEach-Object { New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId"
        " $sp.Id -PrincipalId $sp.Id -ResourceId $graph.Id -AppRoleId $_.Id }"
    )
    yield "# the key stays with the auditor; only certificate.pem is given to the tenant:"
    yield (
        "#   openssl req -x509 -newkey rsa:3072 -nodes -days 120 -subj /CN=handover"
        " -keyout key.pem -out certificate.pem && cat key.pem certificate.pem > app.pem"
    )
    yield (
        "$key = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new("
        '(Resolve-Path "certificate.pem"))'
    )
    yield (
        "Update-MgApplication -ApplicationId $app.Id -KeyCredentials @(@{ Type ="
        ' "AsymmetricX509Cert"; Usage = "Verify"; Key = $key.RawData })'
    )
    yield "$app.AppId   # `app` in handover.yaml; `certificate: app.pem`"


def _of_person(names: str) -> Iterator[str]:
    yield 'Connect-MgGraph -Scopes "Application.ReadWrite.All"'
    yield f"$graph = Get-MgServicePrincipal -Filter \"appId eq '{GRAPH}'\""
    yield f"$names = {names}"
    yield "$scopes = $graph.Oauth2PermissionScopes | Where-Object { $names -contains $_.Value }"
    yield ('$access = $scopes | ForEach-Object { @{ Id = $_.Id; Type = "Scope" } }')
    yield (
        f'$app = New-MgApplication -DisplayName "{APP_NAME}" -SignInAudience AzureADMyOrg'
        " -IsFallbackPublicClient -RequiredResourceAccess"
        f' @(@{{ ResourceAppId = "{GRAPH}"; ResourceAccess = $access }})'
    )
    yield "$app.AppId   # `app` in handover.yaml; `device_code: true`"
    yield "# then grant consent under API permissions; the person needs the roles Global Reader,"
    yield "# Security Reader and Reports Reader, and for devices Intune's read-only operator"


def _text(text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
