"""Which proxy is on the way to a server: the config's, or the one of the program's environment."""

from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from tui.api.address import is_loopback


def proxy_for(base_url: str, proxy: str = "") -> SplitResult | None:
    """The proxy's address, None without one; `proxy` as in the config: empty, `none`, or an address."""
    if proxy == "none":
        return None
    url = urlsplit(base_url)
    try:
        used = proxy or _of_the_environment(url.scheme, url.netloc)
        parts = urlsplit(used if "://" in used else f"http://{used}")
        usable = bool(parts.hostname) and parts.port != 0
    except (ValueError, OSError):
        return None
    return parts if usable else None


def _of_the_environment(scheme: str, host: str) -> str:
    # A proxy would read the token in such a request, and nobody has named it for this machine itself.
    if scheme == "http" and is_loopback(f"//{host}"):
        return ""
    if proxy_bypass(host.rpartition("@")[2]):
        return ""
    proxies = getproxies()
    return proxies.get(scheme) or proxies.get("all", "")
