"""The registry: entrepreneur clusters, research units and research outputs, each with the rows that it rests on."""
