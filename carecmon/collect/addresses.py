"""Where a request may go: never, by a name or a redirect, into the network that carecmon itself stands in."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Collection
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Public by their number, but answered inside a provider's network, or leading to any IPv4 address.
_INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "168.63.129.16/32")
)


class ForbiddenError(Exception):
    """The address may not be asked. The text says why, and what would allow it."""


def check_url(url: str, private: Collection[str]) -> None:
    """Raise ForbiddenError where ``url`` is not to be asked, as far as can be seen before its name is looked up.

    ``private`` are the hosts, as written in addresses, that may be private.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ForbiddenError(f"{parts.scheme or 'no scheme'}: is not http or https")
    if "@" in parts.netloc:
        raise ForbiddenError("a user name or password stands in the address")
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise ForbiddenError("there is no host in the address")
    if host in private:
        return
    if host == "localhost" or host.endswith(".localhost"):
        raise ForbiddenError(_why(host, "this machine itself"))
    literal = _literal(host)
    if literal is not None:
        check_address(host, literal)


def check_address(host: str, address: Address) -> None:
    """Raise ForbiddenError where ``address``, which ``host`` stands for, is not a public one."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    inside = any(address in network for network in _INSIDE if network.version == address.version)
    if inside or not address.is_global or address.is_multicast or address.is_reserved:
        raise ForbiddenError(_why(host, str(address)))


def resolve(host: str, port: int, private: Collection[str], seconds: float) -> list[str]:
    """Return the addresses of ``host``, each checked; raise ForbiddenError, OSError, or TimeoutError after ``seconds``.

    The connection must go to one of these addresses: asked again, the name might say something else.
    """
    found = _looked_up(host, port, seconds)
    if host.rstrip(".") not in private:
        for address in found:
            check_address(host, ipaddress.ip_address(address.partition("%")[0]))
    return found


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    # getaddrinfo has no time limit: a thread does, in that nobody waits for it any longer.
    results: list[list[str] | OSError] = []

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.append(list(dict.fromkeys(str(info[4][0]) for info in infos)))
        except OSError as exc:
            results.append(exc)
        except Exception as exc:  # not encodable, say
            results.append(OSError(f"{host!r} is not a name that can be looked up: {exc}"))

    thread = threading.Thread(target=look_up, name=f"look up {host}", daemon=True)
    thread.start()
    thread.join(seconds)
    if not results:
        raise TimeoutError(f"the name {host} could not be looked up within {seconds:.0f} s")
    if isinstance(results[0], OSError):
        raise results[0]
    return results[0]


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.ip_address(socket.inet_aton(host))  # 2130706433, 0x7f.1, 0: what the system takes, too
    except OSError:
        return None


def _why(host: str, what: str) -> str:
    said = f"{host} is {what}, not" if host != what else f"{host} is not"
    return f"{said} a public address; if that is meant, name it in allow_private_hosts of the source in indicators.toml"
