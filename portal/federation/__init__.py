"""What other portals and programs read: catalogues in RDF, feeds."""
