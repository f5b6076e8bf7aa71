"""`fit-customers`: purchase and lapse rates from a table of orders."""
