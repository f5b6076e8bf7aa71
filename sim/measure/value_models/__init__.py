"""Customer value models fitted to a table of orders by maximum likelihood."""
