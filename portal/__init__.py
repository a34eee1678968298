"""The Flask application: catalogue, search, harvest, pages and command line."""

from __future__ import annotations

from portal.app import create_app

__all__ = ["create_app"]
