"""The whole road from a source to a published package: collect, read, normalise, check, package.

Nothing here knows a database, a web framework or a search engine.
"""
