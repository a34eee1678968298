"""The Flask application: catalogue, search, harvest, pages and command line. `portal.app.create_app` makes it."""
