"""Under which headers files are handed out: data for the doors, which alone speak HTTP."""

from urllib.parse import quote


def download_headers(name: str, served_as: str, size: int) -> dict[str, str]:
    """The headers under which an original is handed out: to be saved, never to run or to be framed.

    `name` is the display name that `acceptance.display_name` made, `served_as` our own finding of the type. The
    name goes out twice: plain for old clients, and as RFC 5987 asks for the rest.
    """
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\%;' else "_" for one in name)
    return {
        "Content-Type": served_as,
        "Content-Length": str(size),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }


def picture_headers(sha256: str, size: int) -> dict[str, str]:
    """The headers of a page image, which we drew ourselves: shown inside our pages, kept for a while by one browser."""
    return {
        "Content-Type": "image/webp",
        "Content-Length": str(size),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=600",
        "ETag": f'"{sha256}"',
    }
