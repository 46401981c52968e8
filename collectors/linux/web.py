"""Which sites a host is set up to serve, and where their requests go.

Sources: nginx (https://nginx.org/en/docs/http/server_names.html), Apache (mod_core, mod_proxy),
the Caddyfile (https://caddyserver.com/docs/caddyfile/concepts).
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from collectors.parse import strip_credentials
from collectors.settings import keeping, kept, plain, settings
from collectors.spec import Answer, Answers, SshFiles, collector, is_whole
from inventory.model.evidence import Pointer
from inventory.model.software import WebSite

# Of nginx only these directives leave the host: headers and passwords of backends do not.
_NGINX_WORDS = (
    r"/(^|[ \t;{}])(server[ \t]*([{]|$)|upstream[ \t]+[^;{}]*[{]"
    r"|(server_name|root|(proxy|fastcgi|uwsgi|grpc)_pass)[ \t]+[^;{}]*;?)/"
)
NGINX = SshFiles(
    "nginx",
    (
        "/etc/nginx/nginx.conf",
        "/etc/nginx/conf.d/*.conf",
        "/etc/nginx/sites-enabled/*",
        "/etc/nginx/http.d/*.conf",
        "/usr/local/nginx/conf/nginx.conf",
    ),
    filter=(
        r"""awk '{ sub(/#.*/, ""); s = $0; out = ""; while (match(s, """
        + _NGINX_WORDS
        + r""")) { out = out " " substr(s, RSTART, RLENGTH); s = substr(s, RSTART + RLENGTH) }"""
        r""" gsub(/:\/\/[^\/@ ]*@/, "://", out); print out }'"""
    ),
)
APACHE = SshFiles(
    "apache",
    (
        "/etc/apache2/apache2.conf",
        "/etc/apache2/httpd.conf",
        "/etc/apache2/sites-enabled/*",
        "/etc/apache2/vhosts.d/*.conf",
        "/etc/httpd/conf/httpd.conf",
        "/etc/httpd/conf.d/*.conf",
    ),
    filter=keeping("virtualhost", "servername", "serveralias", "documentroot", "proxypass(match)?"),
)
CADDY = SshFiles(
    "caddy",
    ("/etc/caddy/Caddyfile", "/etc/caddy/conf.d/*", "/etc/caddy/sites-enabled/*"),
    filter=kept(
        r"/^[^ \t#{}(][^{}]*[{][ \t]*$/ || l ~ /^[ \t]*(reverse_proxy|root|php_fastcgi)[ \t]/"
    ),
)

_NGINX = re.compile(
    r"(?P<start>\bserver\s*(?:\{|$))|\b(?P<key>server_name|root|(?:proxy|fastcgi|uwsgi|grpc)_pass)"
    r"\s+(?P<value>[^;{}]{1,2000})",
    re.MULTILINE,
)


class Block(Struct, frozen=True):
    """A server block as far as it was read."""

    at: Pointer
    names: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()


@collector("linux.web_sites", asks=[NGINX, APACHE, CADDY], tells=[WebSite])
def web_sites(nginx: Answers, apache: Answers, caddy: Answers) -> Iterator[WebSite]:
    """Yield each site with the address its requests are passed to, or else its directory."""
    for server, answers, blocks_of in (
        ("nginx", nginx, _nginx),
        ("apache", apache, _apache),
        ("caddy", caddy, _caddy),
    ):
        for answer in answers:
            is_all = is_whole(answers, (answer.path,))
            yield from _sites(server, answer, blocks_of(answer), is_all=is_all)


def _sites(
    server: str, answer: Answer, blocks: Sequence[Block], *, is_all: bool
) -> Iterator[WebSite]:
    """Yield the sites; a file that broke off may pass on what it seems to serve itself."""
    for block in blocks:
        target = next(iter((*block.passes, *(block.roots if is_all else ()))), None)
        for name in dict.fromkeys(block.names):
            yield WebSite(
                at=block.at,
                server=server,
                name=name,
                file=answer.path,
                target=strip_credentials(target) if target else None,
            )


def _nginx(answer: Answer) -> list[Block]:
    """Return the blocks of `server { server_name a.example; proxy_pass http://10.0.0.5; }`."""
    blocks: list[Block] = []
    for number, line in answer.lines():
        for found in _NGINX.finditer(line[:8000]):
            if found["start"]:
                blocks.append(Block(answer.at(number)))
            elif blocks:
                blocks[-1] = _with(blocks[-1], found["key"], found["value"].split())
    return blocks


def _with(block: Block, key: str, words: list[str]) -> Block:
    """Return the block with one more directive."""
    first = (words[0].strip("\"'"),) if words else ()
    if key in ("server_name", "servername", "serveralias"):
        return Block(block.at, (*block.names, *words), block.passes, block.roots)
    if key in ("root", "documentroot"):
        return Block(block.at, block.names, block.passes, (*block.roots, *first))
    return Block(block.at, block.names, (*block.passes, *first), block.roots)


def _apache(answer: Answer) -> list[Block]:
    """Return the blocks of `<VirtualHost *:443>`; what stands outside is the main server."""
    blocks = [Block(answer.at())]
    for setting in settings(answer):
        words = setting.value.split()
        if setting.key == "virtualhost":
            blocks.append(Block(setting.at))
        elif setting.key.startswith("proxypass"):
            target = [word for word in words if "://" in word]
            blocks[-1] = _with(blocks[-1], "proxypass", target)
        else:
            words = [plain(word) for word in words]
            if setting.key == "servername" and not blocks[-1].names:
                blocks[-1] = Block(
                    setting.at, blocks[-1].names, blocks[-1].passes, blocks[-1].roots
                )
            blocks[-1] = _with(blocks[-1], setting.key, words)
    return blocks


def _caddy(answer: Answer) -> list[Block]:
    """Return the blocks of `a.example, b.example {` that begin a line."""
    blocks: list[Block] = []
    for number, line in answer.lines():
        words = line.replace(",", " ").split()
        if words and line[0] not in " \t}" and words[-1] == "{":
            blocks.append(Block(answer.at(number), tuple(words[:-1])))
        elif blocks and len(words) > 1 and words[0] in ("reverse_proxy", "php_fastcgi", "root"):
            rest = [word for word in words[1:] if word != "*" and not word.startswith("@")]
            blocks[-1] = _with(blocks[-1], words[0], rest[-1:])
    return blocks
