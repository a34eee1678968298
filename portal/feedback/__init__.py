"""What readers tell us: that something is wrong in a dataset, or that something is missing. Nobody says who they are."""
