"""The action API of CKAN, for reading."""
