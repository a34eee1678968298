"""Addresses of the files in `static/`: each carries the start of its checksum, so that browsers may keep it for a year."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, request, url_for

STATIC = Path(__file__).resolve().parent / "static"
A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Gives templates `asset(name)` and `font(name)`; sends fingerprinted files as `immutable`."""
    marks: dict[str, str] = {}

    def asset(name: str) -> str:
        if name not in marks or app.debug:
            marks[name] = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
        return url_for("static", filename=name, v=marks[name])

    def font(name: str) -> str:
        # The stylesheet asks for this very address, and a preload must too. Its name carries the version.
        return url_for("static", filename=name)

    def keep_fingerprinted(response: Response) -> Response:
        if (
            request.endpoint == "static"
            and response.status_code in (200, 206, 304)
            and (request.args.get("v") or request.path.endswith(".woff2"))
        ):
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        return response

    app.jinja_env.globals.update(asset=asset, font=font)
    app.after_request(keep_fingerprinted)
