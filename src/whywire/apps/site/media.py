"""Media types by the end of a name. A table of our own, so that answers do not depend on the machine's mime.types."""

from __future__ import annotations

OCTETS = "application/octet-stream"
"""Of a name that the table does not have; with nosniff, browsers save such a file."""

TYPES = {
    # text: RFC 9239 for JavaScript, RFC 7763 Markdown, RFC 4180 CSV
    ".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".css": "text/css",
    ".js": "text/javascript", ".mjs": "text/javascript", ".txt": "text/plain", ".text": "text/plain",
    ".log": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".tsv": "text/tab-separated-values",
    ".ics": "text/calendar", ".vcf": "text/vcard", ".vtt": "text/vtt", ".py": "text/x-python", ".c": "text/x-c",
    ".h": "text/x-c", ".sh": "text/x-shellscript", ".toml": "application/toml", ".yaml": "application/yaml",
    ".yml": "application/yaml", ".ini": "text/plain", ".cfg": "text/plain", ".conf": "text/plain",
    # data
    ".json": "application/json", ".map": "application/json", ".jsonl": "application/jsonl",
    ".webmanifest": "application/manifest+json", ".jsonld": "application/ld+json", ".geojson": "application/geo+json",
    ".xml": "application/xml", ".xsl": "application/xslt+xml", ".rss": "application/rss+xml",
    ".atom": "application/atom+xml", ".wasm": "application/wasm", ".sqlite": "application/vnd.sqlite3",
    ".parquet": "application/vnd.apache.parquet", ".arrow": "application/vnd.apache.arrow.file",
    ".pcap": "application/vnd.tcpdump.pcap", ".pcapng": "application/x-pcapng",
    # pictures
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
    ".avif": "image/avif", ".jxl": "image/jxl", ".svg": "image/svg+xml", ".ico": "image/vnd.microsoft.icon",
    ".bmp": "image/bmp", ".tif": "image/tiff", ".tiff": "image/tiff", ".heic": "image/heic", ".apng": "image/apng",
    # sound and film
    ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav",
    ".flac": "audio/flac", ".m4a": "audio/mp4", ".aac": "audio/aac", ".mid": "audio/midi", ".weba": "audio/webm",
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg", ".mov": "video/quicktime",
    ".mpeg": "video/mpeg", ".avi": "video/x-msvideo", ".mkv": "video/matroska", ".ts": "video/mp2t",
    ".m3u8": "application/vnd.apple.mpegurl", ".mpd": "application/dash+xml",
    # fonts (RFC 8081)
    ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf", ".ttc": "font/collection",
    # documents and archives
    ".pdf": "application/pdf", ".epub": "application/epub+zip", ".rtf": "application/rtf",
    ".odt": "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".zip": "application/zip", ".gz": "application/gzip", ".tgz": "application/gzip", ".zst": "application/zstd",
    ".tar": "application/x-tar", ".bz2": "application/x-bzip2", ".xz": "application/x-xz",
    ".7z": "application/x-7z-compressed", ".jar": "application/java-archive",
    ".deb": "application/vnd.debian.binary-package",
}

# Types outside of text/* whose charset parameter is registered. JSON has none (RFC 8259 section 11).
_WITH_CHARSET = frozenset({"application/xml", "application/xhtml+xml", "application/rss+xml", "application/atom+xml",
                           "application/xslt+xml", "image/svg+xml"})


def media_type(name: bytes, own: dict[str, str], charset: str) -> str:
    """Return the Content-Type for a file's name. ``own`` goes before the table and is taken as it is written."""
    dot = name.rfind(b".")
    suffix = name[dot:].decode("latin-1").lower() if dot > 0 else ""
    if suffix in own:
        return own[suffix]
    media = TYPES.get(suffix, OCTETS)
    takes = charset and (media.startswith("text/") or media in _WITH_CHARSET)
    return f"{media}; charset={charset}" if takes else media
